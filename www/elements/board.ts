import { html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import './badge.ts';
import { bands } from './bands.ts';
import { byRisk, inPlace } from './board-order.ts';
import type { BoardRow } from './board-row.ts';
import { boardStyles } from './board.styles.ts';
import { BellwetherElement } from './element.ts';
import { percent } from './say.ts';
import { tokens } from './tokens.ts';

const notableChange = 0.05;

/**
 * The queue, most likely to escalate first, with the capacity line drawn across it. Rows keep their place while
 * the pointer is on them. One stop for Tab; arrows, Home and End move, Enter or Space opens.
 *
 * @element bellwether-board
 * @prop {BoardRow[]} rows
 * @attr {string} heading
 * @attr {string} summary the soft text at the heading's end
 * @attr {string} selected id of the open ticket
 * @attr {number} capacity how many tickets can be taken today; no line when 0
 * @attr {boolean} loading the queue is on its way
 * @attr {string} error one sentence; offers to try again
 * @fires {CustomEvent<{id: string}>} bellwether-open when a row is opened
 * @fires bellwether-retry when the reader asks to try again
 * @csspart base the surface
 * @csspart row one ticket
 * @csspart capacity the capacity line
 */
@customElement('bellwether-board')
export class BellwetherBoard extends BellwetherElement {
  static override styles = [tokens, boardStyles];

  @property({ attribute: false }) rows: readonly BoardRow[] = [];
  @property() heading = 'Your queue';
  @property() summary = '';
  @property() selected = '';
  @property({ type: Number }) capacity = 0;
  @property({ type: Boolean }) loading = false;
  @property() error = '';

  @state() private held = false;
  private shown: BoardRow[] = [];
  /** The row that Tab comes to. */
  private current = '';
  private hadFocus = false;

  protected override willUpdate(changed: PropertyValues): void {
    this.hadFocus = Boolean(this.shadowRoot?.activeElement?.matches('[role=option]'));
    if (this.error || this.rows.length === 0) this.held = false;
    if (changed.has('rows') || changed.has('held')) {
      this.shown = this.held ? inPlace(this.rows, this.shown.map(({ id }) => id)) : byRisk(this.rows);
    }
    if (changed.has('selected') && this.selected && !this.hadFocus) this.current = this.selected;
    if (!this.shown.some(({ id }) => id === this.current)) this.current = this.shown[0]?.id ?? '';
  }

  /** A row that moved was taken out and put back, which drops the focus: give it back. */
  protected override updated(): void {
    if (this.hadFocus && !this.shadowRoot?.activeElement) this.rowElement(this.current)?.focus({ preventScroll: true });
  }

  protected override render(): TemplateResult {
    return html`<section part="base" aria-label=${this.heading}>
      <header><h2>${this.heading}</h2><span class="soft">${this.summary}</span></header>
      ${this.error ? this.renderError() : this.rows.length ? this.renderRows() : this.renderNoRows()}
    </section>`;
  }

  private renderError(): TemplateResult {
    return html`<div class="state" role="status">
      <p>${this.error}</p>
      <button type="button" @click=${() => this.dispatchEvent(new Event('bellwether-retry', { bubbles: true, composed: true }))}>Try again</button>
    </div>`;
  }

  private renderNoRows(): TemplateResult {
    return html`<p class="state" role="status">${this.loading ? 'Reading the queue…' : 'No open tickets. New ones appear here as they come in.'}</p>`;
  }

  private renderRows(): TemplateResult {
    const capacity = this.capacity > 0 && this.capacity < this.shown.length ? this.capacity : 0;
    return html`<div
      role="listbox"
      aria-label=${this.heading}
      @pointerenter=${() => (this.held = true)}
      @pointerleave=${() => (this.held = false)}
      @keydown=${this.onKeydown}
    >
      ${capacity
        ? html`<div role="group" aria-label="Your top ${capacity} today">${this.renderGroup(this.shown.slice(0, capacity))}</div>
            <div class="capacity" part="capacity" role="presentation" aria-hidden="true">Your top ${capacity} today end here</div>
            <div role="group" aria-label="Below your top ${capacity}">${this.renderGroup(this.shown.slice(capacity))}</div>`
        : this.renderGroup(this.shown)}
    </div>`;
  }

  private readonly renderGroup = (rows: BoardRow[]): unknown => repeat(rows, ({ id }) => id, (row) => this.renderRow(row));

  private renderRow(row: BoardRow): TemplateResult {
    const { id, title, detail, probability, band, change = 0, note } = row;
    const points = Math.round(Math.abs(change) * 100);
    const moved = Math.abs(change) >= notableChange;
    const arrow = change > 0 ? '▲' : '▼';
    return html`<div
      class="row"
      part="row"
      role="option"
      data-id=${id}
      aria-selected=${id === this.selected ? 'true' : 'false'}
      aria-label=${spoken(row)}
      tabindex=${id === this.current ? 0 : -1}
      @click=${() => this.open(id)}
      @focus=${() => this.moveTo(id)}
    >
      <bellwether-badge .band=${band} .probability=${probability}></bellwether-badge>
      <span class="what"><span class="title" title=${title}>${title}</span><span class="detail">${detail}</span></span>
      <span class="note">${moved ? html`<span class="move" title="Moved ${points} points since the last look">${arrow} ${points}</span>` : nothing}${note ?? nothing}</span>
    </div>`;
  }

  /** Moves the focus to the row that Tab would come to. */
  focusRow(): void {
    this.rowElement(this.current)?.focus();
  }

  private readonly onKeydown = (event: KeyboardEvent): void => {
    const at = this.shown.findIndex(({ id }) => id === this.current);
    const last = this.shown.length - 1;
    const targets: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: last, PageDown: at + 10, PageUp: at - 10 };
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.open(this.current);
      return;
    }
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    const row = this.shown[Math.min(last, Math.max(0, target))];
    if (row) this.rowElement(row.id)?.focus();
  };

  private moveTo(id: string): void {
    this.current = id;
    this.requestUpdate();
  }

  private open(id: string): void {
    this.dispatchEvent(new CustomEvent('bellwether-open', { detail: { id }, bubbles: true, composed: true }));
  }

  private rowElement(id: string): HTMLElement | undefined {
    const rows = this.shadowRoot?.querySelectorAll<HTMLElement>('[role=option]') ?? [];
    return [...rows].find((row) => row.dataset['id'] === id);
  }
}

/** A row as a screen reader says it. */
function spoken({ title, detail, probability, band, change = 0, note }: BoardRow): string {
  const risk = band === null ? 'Not scored yet' : band === 'unknown' ? bands.unknown.word : `${bands[band].word}, ${percent(probability)}`;
  const points = Math.round(Math.abs(change) * 100);
  const moved = Math.abs(change) >= notableChange ? `${change > 0 ? 'up' : 'down'} ${points} points since the last look` : '';
  return [risk, title, detail, moved, note ?? ''].filter(Boolean).join('. ');
}

declare global {
  interface HTMLElementTagNameMap {
    'bellwether-board': BellwetherBoard;
  }
  interface HTMLElementEventMap {
    'bellwether-open': CustomEvent<{ id: string }>;
  }
}
