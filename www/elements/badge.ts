import { css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Band } from '../client/card.ts';
import { bands } from './bands.ts';
import { BellwetherElement } from './element.ts';
import { exactPercent, percent } from './say.ts';
import { tokens } from './tokens.ts';

/** Smaller moves are noise to a reader. */
const notableChange = 0.05;

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
 * @cssproperty --bellwether-critical and its like: see tokens.ts
 */
@customElement('bellwether-badge')
export class BellwetherBadge extends BellwetherElement {
  static override styles = [
    tokens,
    css`
      :host { display: inline-flex; vertical-align: middle; }
      .pill {
        display: inline-flex; align-items: center; gap: 6px;
        block-size: 20px; padding-inline: 8px; border-radius: 10px;
        font-size: var(--small); line-height: 20px; font-weight: 600; white-space: nowrap;
        color: var(--hue); background: var(--fill);
      }
      svg { inline-size: 11px; block-size: 11px; flex: none; }
      .low { --hue: var(--low); --fill: var(--low-fill); }
      .watch { --hue: var(--watch); --fill: var(--watch-fill); }
      .likely { --hue: var(--likely); --fill: var(--likely-fill); }
      .critical { --hue: var(--critical); --fill: var(--critical-fill); }
      .unknown, .waiting { --hue: var(--unknown); --fill: var(--unknown-fill); }
      .change { font-size: 8px; margin-inline-start: -2px; }
      @media (forced-colors: active) { .pill { border: 1px solid; } }
    `,
  ];

  @property({ reflect: true }) band: Band | null = null;
  @property({ type: Number }) probability = NaN;
  @property({ type: Number }) change = 0;

  protected override render(): TemplateResult {
    if (!this.band) return html`<span part="base" class="pill waiting">Not scored yet</span>`;
    const { word, shape } = bands[this.band];
    const known = this.band !== 'unknown' && !Number.isNaN(this.probability);
    return html`<span part="base" class="pill ${this.band}" title=${known ? exactPercent(this.probability) : 'Not enough is known to say'}
      ><svg part="icon" viewBox="0 0 10 10" aria-hidden="true">${shape}</svg
      ><span>${word}${known ? html` ${percent(this.probability)}` : nothing}</span>${this.renderChange()}</span
    >`;
  }

  private renderChange(): TemplateResult | typeof nothing {
    if (Math.abs(this.change) < notableChange) return nothing;
    const points = Math.round(Math.abs(this.change) * 100);
    return html`<span part="change" class="change" aria-hidden="true">${this.change > 0 ? '▲' : '▼'}</span
      ><span class="unseen">, ${this.change > 0 ? 'up' : 'down'} ${points} points since the last look</span>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'bellwether-badge': BellwetherBadge;
  }
}
