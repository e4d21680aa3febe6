import { css } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Band } from '../client/card.ts';
import { BellwetherElement } from './element.ts';
import { pill, pillStyles } from './pill.ts';
import { tokens } from './tokens.ts';

/**
 * One ticket's risk on one line of 20 px: shape, word, probability. Without a band it is drawn as not scored yet,
 * in the same height.
 *
 * @element bellwether-badge
 * @attr {low|watch|likely|critical|unknown} band
 * @attr {number} probability 0 to 1
 * @attr {number} change move since the last look, -1 to 1; an arrow is drawn from 5 points on
 * @csspart base the pill
 * @csspart icon the band's shape
 * @csspart change the arrow
 * @cssproperty --bellwether-critical - ink of a band; likewise -likely, -watch, -low, -unknown
 * @cssproperty --bellwether-critical-fill - ground of a band; likewise for the others
 * @cssproperty --bellwether-font - font family
 */
@customElement('bellwether-badge')
export class BellwetherBadge extends BellwetherElement {
  static override styles = [tokens, pillStyles, css`:host { display: inline-flex; vertical-align: middle; }`];

  /** The band; null while the ticket is not scored yet. */
  @property({ reflect: true }) band: Band | null = null;
  /** 0 to 1; NaN when not known. */
  @property({ type: Number }) probability = NaN;
  /** Move since the last look. */
  @property({ type: Number }) change = 0;

  protected override render(): TemplateResult {
    return pill(this, this.words);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'bellwether-badge': BellwetherBadge;
  }
}
