import { html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { shapes } from './bands.ts';
import { inPlace, matching, sorted } from './board-order.ts';
import type { Sort } from './board-order.ts';
import type { BoardRow } from './board-row.ts';
import { boardStyles } from './board.styles.ts';
import { BellwetherElement } from './element.ts';
import { notableChange, pill, pillStyles } from './pill.ts';
import { percent } from './say.ts';
import { tokens } from './tokens.ts';
import { clock } from './moment.ts';
import { Whisper } from './whisper.ts';
import type { Words } from './words.ts';

const sorts: Sort[] = ['risk', 'moved', 'newest', 'oldest'];
/** Rows drawn at once; the rest follow, a share per frame, so that a long queue never holds up the page. */
const rowsPerFrame = 60;
const raised = new Set(['likely', 'critical']);

/**
 * The queue, most likely to escalate first, with the capacity line drawn across it. Rows keep their place while
 * the pointer is on them. The list is one stop for Tab; arrows, Home and End move, Enter or Space opens.
 *
 * @element bellwether-board
 * @prop {BoardRow[]} rows
 * @attr {string} heading
 * @attr {string} summary the soft text at the heading's end
 * @attr {string} selected id of the open ticket
 * @attr {number} capacity how many tickets can be taken today; no line when 0
 * @attr {number} changed how many rows changed since the last look; 0 hides the line
 * @attr {number} last-look when the reader looked last, milliseconds
 * @attr {string} time-zone IANA name; the reader's own by default
 * @attr {boolean} controls draws the filter and the choice of order
 * @attr {risk|moved|newest|oldest} sort
 * @attr {string} filter words that a row must hold
 * @attr {boolean} loading the queue is on its way
 * @attr {boolean} offline says that scores go on without a network
 * @attr {string} error one sentence; offers to try again
 * @fires {CustomEvent<{id: string}>} bellwether-open when a row is opened
 * @fires bellwether-seen when the reader has seen what changed
 * @fires bellwether-retry when the reader asks to try again
 * @csspart base the surface
 * @csspart list the rows; give it a height to make it scroll
 * @csspart row one ticket
 * @csspart capacity the capacity line
 * @csspart changes the line that says what changed
 * @csspart controls filter and order
 * @cssproperty --bellwether-board-height - greatest height of the list, which then scrolls by itself
 * @cssproperty --bellwether-surface - ground of the board
 * @cssproperty --bellwether-accent - the open row, the capacity line, focus
 */
@customElement('bellwether-board')
export class BellwetherBoard extends BellwetherElement {
  static override styles = [tokens, pillStyles, boardStyles];

  @property({ attribute: false }) rows: readonly BoardRow[] = [];
  @property() heading = '';
  @property() summary = '';
  @property() selected = '';
  @property({ type: Number }) capacity = 0;
  @property({ type: Number }) changed = 0;
  @property({ type: Number, attribute: 'last-look' }) lastLook = NaN;
  @property({ attribute: 'time-zone' }) timeZone = '';
  @property({ type: Boolean }) controls = false;
  @property() sort: Sort = 'risk';
  @property() filter = '';
  @property({ type: Boolean }) loading = false;
  @property({ type: Boolean }) offline = false;
  @property() error = '';

  @state() private held = false;
  @state() private drawn = rowsPerFrame;
  private shown: readonly BoardRow[] = [];
  /** The row that Tab comes to. */
  private current = '';
  private hadFocus = false;
  private readonly whisper = new Whisper(() => this.requestUpdate());

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.whisper.end();
  }

  protected override willUpdate(changed: PropertyValues): void {
    this.hadFocus = Boolean(this.shadowRoot?.activeElement?.matches('[role=option]'));
    if (this.error || this.rows.length === 0) this.held = false;
    if (['rows', 'held', 'sort', 'filter'].some((name) => changed.has(name))) this.arrange(changed.has('sort') || changed.has('filter'));
    if (changed.has('rows')) this.sayWhatRose(changed.get('rows') as readonly BoardRow[] | undefined);
    if (changed.has('selected') && this.selected && !this.hadFocus) this.current = this.selected;
    if (!this.shown.some(({ id }) => id === this.current)) this.current = this.shown[0]?.id ?? '';
  }

  private arrange(anew: boolean): void {
    const { words } = this;
    const rows = matching(this.rows, this.filter, ({ band }) => (band ? words.bands[band] : words.notScored));
    const places = this.shown.map(({ id }) => id);
    this.shown = this.held && !anew ? inPlace(rows, places, this.sort) : sorted(rows, this.sort);
  }

  private sayWhatRose(before: readonly BoardRow[] | undefined): void {
    if (!before?.length) return;
    const bands = new Map(before.map(({ id, band }) => [id, band]));
    const rose = this.rows.filter(({ id, band }) => band && raised.has(band) && bands.get(id) && !raised.has(bands.get(id) ?? '')).length;
    if (rose > 0) this.whisper.say(this.words.rose(rose));
  }

  /** A row that moved was taken out and put back, which drops the focus: give it back. */
  protected override updated(): void {
    if (this.hadFocus && !this.shadowRoot?.activeElement) this.rowElement(this.current)?.focus({ preventScroll: true });
    if (this.drawn < this.shown.length) requestAnimationFrame(() => (this.drawn += rowsPerFrame));
  }

  protected override render(): TemplateResult {
    const { words } = this;
    const heading = this.heading || words.queue;
    return html`<section part="base" aria-label=${heading}>
      <header><h2>${heading}</h2><span class="soft">${this.summary}</span></header>
      ${this.error ? this.renderError() : this.rows.length ? this.renderQueue(heading) : this.renderNoRows()}
      <p class="unseen" role="status">${this.whisper.words}</p>
    </section>`;
  }

  private renderError(): TemplateResult {
    return html`<div class="state" role="status">
      <svg viewBox="0 0 10 10" aria-hidden="true">${shapes.likely}</svg>
      <p>${this.error}</p>
      <button type="button" class="outlined" @click=${() => this.tell('bellwether-retry')}>${this.words.retry}</button>
    </div>`;
  }

  private renderNoRows(): TemplateResult {
    if (!this.loading) return html`<div class="state" role="status"><svg viewBox="0 0 10 10" aria-hidden="true">${shapes.low}</svg><p>${this.words.boardEmpty}</p></div>`;
    return html`<p class="unseen" role="status">${this.words.boardWaiting}</p>
      ${[72, 56, 64, 48, 60].map((width) => html`<div class="row bones" aria-hidden="true"><i></i><span class="what"><i style="inline-size: ${width}%"></i><i class="thin"></i></span></div>`)}`;
  }

  private renderQueue(heading: string): TemplateResult {
    const { words } = this;
    return html`${this.controls ? this.renderControls() : nothing}
      ${this.offline ? html`<p class="notice" role="status"><svg viewBox="0 0 10 10" aria-hidden="true">${shapes.unknown}</svg>${words.offline}</p>` : nothing}
      ${this.changed > 0 ? this.renderChanges() : nothing}
      ${this.shown.length ? this.renderRows(heading) : this.renderNoMatch()}`;
  }

  private renderControls(): TemplateResult {
    const { words } = this;
    return html`<div class="controls" part="controls">
      <input
        type="search"
        autocomplete="off"
        aria-label=${words.filter}
        placeholder=${words.filter}
        .value=${this.filter}
        @input=${(event: InputEvent) => this.setFilter((event.target as HTMLInputElement).value)}
        @keydown=${(event: KeyboardEvent) => this.onFilterKey(event)}
      >
      <select aria-label=${words.sortBy} @change=${(event: Event) => (this.sort = (event.target as HTMLSelectElement).value as Sort)}>
        ${sorts.map((sort) => html`<option value=${sort} ?selected=${sort === this.sort}>${words.sorts[sort]}</option>`)}
      </select>
    </div>`;
  }

  private setFilter(filter: string): void {
    this.filter = filter;
    if (filter.trim()) void this.updateComplete.then(() => this.whisper.say(this.words.matching(this.shown.length)));
  }

  private onFilterKey(event: KeyboardEvent): void {
    if (event.key === 'Escape') this.filter = '';
    else if (event.key === 'ArrowDown') this.focusRow();
    else return;
    event.preventDefault();
  }

  private renderChanges(): TemplateResult {
    const { words } = this;
    return html`<p class="changes" part="changes">
      <span>${words.changed(this.changed, clock(this.lastLook, this.timeZone || undefined, words))}</span>
      <button type="button" class="link" @click=${() => this.tell('bellwether-seen')}>${words.markSeen}</button>
    </p>`;
  }

  private renderNoMatch(): TemplateResult {
    return html`<div class="state">
      <svg viewBox="0 0 10 10" aria-hidden="true">${shapes.unknown}</svg>
      <p>${this.words.boardNoMatch}</p>
      <button type="button" class="outlined" @click=${() => (this.filter = '')}>${this.words.clearFilter}</button>
    </div>`;
  }

  private renderRows(heading: string): TemplateResult {
    const { words } = this;
    const whole = this.sort === 'risk' && !this.filter.trim();
    const capacity = whole && this.capacity > 0 && this.capacity < this.shown.length ? this.capacity : 0;
    const drawn = this.shown.slice(0, this.drawn);
    return html`<div
      class="list"
      style="--badge-width: ${badgeWidth(words)}"
      part="list"
      role="listbox"
      aria-label=${heading}
      @pointerenter=${() => (this.held = true)}
      @pointerleave=${() => (this.held = false)}
      @click=${this.onClick}
      @focusin=${this.onFocus}
      @keydown=${this.onKeydown}
    >
      ${capacity
        ? html`<div role="group" aria-label=${words.capacity(capacity)}>${this.renderGroup(drawn.slice(0, capacity))}</div>
            <div class="capacity" part="capacity" role="presentation" aria-hidden="true">${words.capacityEnds(capacity)}</div>
            <div role="group" aria-label=${words.belowCapacity(capacity)}>${this.renderGroup(drawn.slice(capacity))}</div>`
        : this.renderGroup(drawn)}
    </div>`;
  }

  private readonly renderGroup = (rows: readonly BoardRow[]): unknown => repeat(rows, ({ id }) => id, (row) => this.renderRow(row));

  private renderRow(row: BoardRow): TemplateResult {
    const { words } = this;
    const { id, title, detail, change = 0, fresh = false, note } = row;
    const moved = Math.abs(change) >= notableChange;
    const points = Math.round(Math.abs(change) * 100);
    return html`<div
      class=${moved || fresh ? 'row moved' : 'row'}
      part="row"
      role="option"
      data-id=${id}
      aria-selected=${id === this.selected ? 'true' : 'false'}
      aria-label=${this.spoken(row)}
      tabindex=${id === this.current ? 0 : -1}
    >
      ${pill({ ...row, change: 0 }, words)}
      <span class="what"><span class="title" title=${title}>${title}</span><span class="detail">${detail}</span></span>
      <span class="note">${moved
        ? html`<span class="move" title=${words.moved(points, change > 0)}>${change > 0 ? '▲' : '▼'} ${points}</span>`
        : fresh
          ? html`<span class="fresh">${words.isNew}</span>`
          : nothing}${note ?? nothing}</span>
    </div>`;
  }

  /** A row as a screen reader says it. */
  private spoken({ title, detail, probability, band, change = 0, fresh = false, note }: BoardRow): string {
    const { words } = this;
    const risk = band === null ? words.notScored : band === 'unknown' ? words.bands.unknown : `${words.bands[band]}, ${percent(probability)}`;
    const moved = Math.abs(change) >= notableChange ? words.moved(Math.round(Math.abs(change) * 100), change > 0) : fresh ? words.isNew : '';
    return [risk, title, detail, moved, note].filter(Boolean).join('. ');
  }

  /** Moves the focus to the row that Tab would come to. */
  focusRow(): void {
    this.rowElement(this.current)?.focus();
  }

  private readonly onClick = (event: MouseEvent): void => {
    const id = idOf(event);
    if (id) this.open(id);
  };

  private readonly onFocus = (event: FocusEvent): void => {
    const id = idOf(event);
    if (!id || id === this.current) return;
    this.current = id;
    this.requestUpdate();
  };

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

  private open(id: string): void {
    this.tell('bellwether-open', { id });
  }

  private rowElement(id: string): HTMLElement | undefined {
    const rows = this.shadowRoot?.querySelectorAll<HTMLElement>('[role=option]') ?? [];
    return [...rows].find((row) => row.dataset['id'] === id);
  }
}

/** Wide enough for the longest badge of a language, so that titles stand in one line below each other. */
function badgeWidth({ bands, notScored }: Words): string {
  const letters = (text: string): number => text.length * 7.3;
  const longest = Math.max(letters(notScored) + 18, ...Object.values(bands).map((word) => letters(`${word} 99 %`) + 34));
  return `${Math.round(longest)}px`;
}

const idOf = (event: Event): string | undefined => (event.target as Element).closest<HTMLElement>('[role=option]')?.dataset['id'];

declare global {
  interface HTMLElementTagNameMap {
    'bellwether-board': BellwetherBoard;
  }
  interface HTMLElementEventMap {
    'bellwether-open': CustomEvent<{ id: string }>;
  }
}
