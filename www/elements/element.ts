import { LitElement } from 'lit';
import { followLanguage, wordsOf } from './language.ts';
import { followTheme } from './theme.ts';
import type { Words } from './words.ts';

/** What the three elements share: they follow the page's theme and its language. */
export class BellwetherElement extends LitElement {
  private connection: AbortController | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    followTheme(this.ownerDocument);
    this.connection = new AbortController();
    followLanguage(this.ownerDocument, () => this.requestUpdate(), this.connection.signal);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.connection?.abort();
  }

  protected get words(): Words {
    return wordsOf(this);
  }

  protected tell(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}
