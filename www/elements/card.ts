import { html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Card } from '../client/card.ts';
import './badge.ts';
import { bands } from './bands.ts';
import { cardStyles } from './card.styles.ts';
import { BellwetherElement } from './element.ts';
import { exactMoment, moment } from './moment.ts';
import { renderReason } from './reason.ts';
import { exactPercent, lift, percent, span } from './say.ts';
import { tokens } from './tokens.ts';

const reasonsShown = 5;
/** A bar is never stretched so far that a small share looks large. */
const leastFullShare = 0.35;

/**
 * What one score says of itself, read top to bottom in five seconds: how likely, why, who, and what is missing.
 * Without a card it shows, in this order: the error, the waiting state, the invitation to open a ticket.
 *
 * @element bellwether-card
 * @prop {Card|null} card as the client's `card()` returns it
 * @attr {string} heading what the card is about, beside the badge
 * @attr {boolean} loading a card is on its way
 * @attr {string} error one sentence; offers to try again
 * @attr {number} now the moment that counts as now, milliseconds; the present by default
 * @attr {string} time-zone IANA name; the reader's own by default
 * @fires bellwether-retry when the reader asks to try again
 * @csspart base the surface
 * @csspart reason one line of Why
 * @csspart evidence the rows behind a reason
 * @csspart foot partial data and the data's age
 */
@customElement('bellwether-card')
export class BellwetherCard extends BellwetherElement {
  static override styles = [tokens, cardStyles];

  @property({ attribute: false }) card: Card | null = null;
  @property() heading = '';
  @property({ type: Boolean }) loading = false;
  @property() error = '';
  @property({ type: Number }) now = NaN;
  @property({ attribute: 'time-zone' }) timeZone = '';
  /** Nothing after this moment is in the bundle; milliseconds. */
  @property({ type: Number, attribute: 'data-until' }) dataUntil = NaN;

  @state() private opened = new Set<number>();

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('card');
    if (changed.has('card') && before?.entity !== this.card?.entity) this.opened = new Set();
  }

  protected override render(): TemplateResult {
    const content = this.error
      ? this.renderError()
      : this.loading
        ? waiting
        : this.card
          ? this.renderCard(this.card)
          : html`<p class="state">Open a ticket to see how likely it is to escalate, and why.</p>`;
    return html`<section part="base" aria-label="Escalation risk" aria-busy=${this.loading ? 'true' : 'false'}>${content}</section>`;
  }

  private renderError(): TemplateResult {
    return html`<div class="state" role="status">
      <p>${this.error}</p>
      <button type="button" @click=${() => this.dispatchEvent(new Event('bellwether-retry', { bubbles: true, composed: true }))}>Try again</button>
    </div>`;
  }

  private renderCard(card: Card): TemplateResult {
    return html`<div class="body">
        <div class="top">
          <bellwether-badge band=${card.band}></bellwether-badge>
          ${this.heading ? html`<span class="soft">${this.heading}</span>` : nothing}
        </div>
        ${this.renderSentence(card)}${this.renderWhy(card)}${this.renderWho(card)}
      </div>
      ${this.renderFoot(card)}`;
  }

  private renderSentence({ probability, band, horizon_hours, lift: times, base_rate, anchor }: Card): TemplateResult {
    const at = Date.parse(anchor);
    const asOf = Number.isNaN(at) ? nothing : html`As of <time datetime=${anchor} title=${exactMoment(at, this.zone)}>${moment(at, this.present, this.zone)}</time>.`;
    if (probability === null || band === 'unknown') {
      return html`<p class="sentence"><strong class="words">Not enough is known to say.</strong></p><p class="soft">${asOf}</p>`;
    }
    return html`<p class="sentence">
        <strong title=${exactPercent(probability)}>${percent(probability)}</strong> <span>likely to escalate within ${span(horizon_hours)}</span>
      </p>
      <p class="soft">
        ${times === null || base_rate === null ? nothing : html`<span title="The usual: ${exactPercent(base_rate)}">${lift(times)}</span>. `}${asOf}
      </p>`;
  }

  private renderWhy({ reasons }: Card): TemplateResult | typeof nothing {
    if (reasons.length === 0) return nothing;
    const shown = reasons.slice(0, reasonsShown);
    const fullShare = Math.max(leastFullShare, ...shown.map(({ share }) => share));
    const rest = 1 - shown.reduce((sum, { share }) => sum + share, 0);
    return html`<div class="why-head"><h2>Why</h2><span class="legend" aria-hidden="true"><span>lowers</span><span>raises</span></span></div>
      <ul>
        ${shown.map((reason, index) =>
          renderReason({
            reason,
            id: `evidence-${index}`,
            fullShare,
            open: this.opened.has(index),
            toggle: () => this.toggle(index),
            now: this.present,
            timeZone: this.zone,
          }),
        )}
      </ul>
      ${rest >= 0.01 ? html`<p class="rest soft">Everything else together<span>${percent(rest)}</span></p>` : nothing}`;
  }

  private renderWho({ agents }: Card): TemplateResult | typeof nothing {
    if (agents.length === 0) return nothing;
    return html`<h2>Who</h2>
      <ul>
        ${agents.slice(0, 3).map(
          ({ name, tier, text }) => html`<li class="agent" part="agent"><span class="name">${name}</span>, ${tier}<span class="value">${text}</span></li>`,
        )}
      </ul>`;
  }

  private renderFoot({ partial }: Card): TemplateResult | typeof nothing {
    if (partial.length === 0 && Number.isNaN(this.dataUntil)) return nothing;
    return html`<div class="foot soft" part="foot">
      ${partial.length
        ? html`<ul>
            ${partial.map((sentence) => html`<li><svg viewBox="0 0 10 10" aria-hidden="true">${bands.unknown.shape}</svg>${sentence}</li>`)}
          </ul>`
        : nothing}
      ${Number.isNaN(this.dataUntil)
        ? nothing
        : html`<p title=${exactMoment(this.dataUntil, this.zone)}>Data up to ${moment(this.dataUntil, this.present, this.zone)}</p>`}
    </div>`;
  }

  private toggle(index: number): void {
    const opened = new Set(this.opened);
    if (!opened.delete(index)) opened.add(index);
    this.opened = opened;
  }

  private get present(): number {
    return Number.isNaN(this.now) ? Date.now() : this.now;
  }

  private get zone(): string | undefined {
    return this.timeZone || undefined;
  }
}

const waiting = html`<div class="body">
  <p class="unseen" role="status">Reading this ticket</p>
  <div class="bone short"></div>
  <div class="bone"></div>
  <div class="bone long"></div>
  <div class="bone"></div>
  <div class="bone long"></div>
  <p class="soft" aria-hidden="true">Reading this ticket…</p>
</div>`;

declare global {
  interface HTMLElementTagNameMap {
    'bellwether-card': BellwetherCard;
  }
}
