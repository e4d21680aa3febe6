import { LitElement } from 'lit';
import { followTheme } from './theme.ts';

/** What the three elements share: they follow the page's theme. */
export class BellwetherElement extends LitElement {
  override connectedCallback(): void {
    super.connectedCallback();
    followTheme(this.ownerDocument);
  }
}
