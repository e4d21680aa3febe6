import { html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Agent, Card, WhatIf } from '../client/card.ts';
import type { RiskPoint } from '../client/subscription.ts';
import { shapes } from './bands.ts';
import { cardStyles } from './card.styles.ts';
import { BellwetherElement } from './element.ts';
import { renderFeedback } from './feedback-foot.ts';
import type { Given } from './feedback-foot.ts';
import { exactMoment, moment } from './moment.ts';
import { pill, pillStyles } from './pill.ts';
import { renderReason } from './reason.ts';
import { exactPercent, percent, unbroken } from './say.ts';
import { tokens } from './tokens.ts';
import { renderTrend } from './trend.ts';

const reasonsShown = 5;
const agentsShown = 3;
const whatIfsShown = 4;
/** A bar is never stretched so far that a small share looks large. */
const leastFullShare = 0.35;
/** From this age on the data are called old. */
const oldAfterMs = 24 * 3_600_000;

/**
 * What one score says of itself, read top to bottom in five seconds: how likely, why, who, what would change it, and
 * what is missing. Without a card it shows, in this order: the error, the waiting state, the invitation to open a ticket.
 *
 * @element bellwether-card
 * @prop {Card|null} card as the client's `explain()` returns it
 * @prop {RiskPoint[]} history the risk over time, as a subscription keeps it
 * @prop {Given|null} given what the reader said of this score before
 * @attr {string} heading what the card is about, beside the badge
 * @attr {boolean} loading a card is on its way
 * @attr {string} error one sentence; offers to try again
 * @attr {number} now the moment that counts as now, milliseconds; the present by default
 * @attr {string} time-zone IANA name; the reader's own by default
 * @attr {number} data-until nothing after this moment is in the bundle, milliseconds
 * @attr {string} assigned key of the agent who has the ticket
 * @attr {string} assumed label of the what-if that the card answers; offers the way back
 * @fires bellwether-retry when the reader asks to try again, or to load newer data
 * @fires {CustomEvent<WhatIf|null>} bellwether-what-if when a chip is pressed; null: back to now
 * @fires {CustomEvent<Agent>} bellwether-assign when an agent is chosen
 * @fires {CustomEvent<Given|null>} bellwether-feedback when the reader gives a view, or (null) takes it back
 * @csspart base the surface
 * @csspart trend the risk over time
 * @csspart reason one line of Why
 * @csspart evidence the rows behind a reason
 * @csspart agent one line of Who
 * @csspart chip one what-if
 * @csspart foot partial data, the data's age, feedback
 * @csspart feedback a button of the foot
 * @csspart form the form that takes a reason
 * @cssproperty --bellwether-surface - ground of the card
 * @cssproperty --bellwether-ink - text
 * @cssproperty --bellwether-soft - second text
 * @cssproperty --bellwether-line - separators
 * @cssproperty --bellwether-accent - links and focus
 * @cssproperty --bellwether-up - a bar that raises
 * @cssproperty --bellwether-down - a bar that lowers
 */
@customElement('bellwether-card')
export class BellwetherCard extends BellwetherElement {
  static override styles = [tokens, pillStyles, cardStyles];

  @property({ attribute: false }) card: Card | null = null;
  @property({ attribute: false }) history: readonly RiskPoint[] = [];
  @property({ attribute: false }) given: Given | null = null;
  @property() heading = '';
  @property({ type: Boolean }) loading = false;
  @property() error = '';
  @property({ type: Number }) now = NaN;
  @property({ attribute: 'time-zone' }) timeZone = '';
  @property({ type: Number, attribute: 'data-until' }) dataUntil = NaN;
  @property() assigned = '';
  @property() assumed = '';

  /** Reasons whose evidence is open, by what they say: they stay open when the score moves. */
  @state() private opened = new Set<string>();
  @state() private form: 'disagree' | 'snooze' | null = null;

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('card');
    if (!changed.has('card') || before?.entity === this.card?.entity) return;
    this.opened = new Set();
    this.form = null;
  }

  protected override render(): TemplateResult {
    const { words } = this;
    const content = this.error
      ? this.renderError()
      : this.loading
        ? this.renderWaiting()
        : this.card
          ? this.renderCard(this.card)
          : html`<p class="state"><svg viewBox="0 0 10 10" aria-hidden="true">${shapes.unknown}</svg>${words.cardEmpty}</p>`;
    return html`<section part="base" aria-label=${words.cardLabel} aria-busy=${this.loading ? 'true' : 'false'}>${content}</section>`;
  }

  private renderError(): TemplateResult {
    return html`<div class="state" role="status">
      <svg class="refused" viewBox="0 0 10 10" aria-hidden="true">${shapes.likely}</svg>
      <p>${this.error}</p>
      <button type="button" class="outlined" @click=${() => this.tell('bellwether-retry')}>${this.words.retry}</button>
    </div>`;
  }

  private renderWaiting(): TemplateResult {
    return html`<div class="body">
      <p class="unseen" role="status">${this.words.cardWaiting}</p>
      <div class="bone short"></div>
      <div class="bone tall"></div>
      <div class="bone long"></div>
      <div class="bone"></div>
      <div class="bone long"></div>
      <div class="bone"></div>
      <p class="soft" aria-hidden="true">${this.words.cardWaiting}</p>
    </div>`;
  }

  private renderCard(card: Card): TemplateResult {
    return html`<div class="body">
        <div class="top">
          ${card.kind === 'regression' ? nothing : pill({ band: card.band, probability: card.probability ?? NaN, bare: true }, this.words)}
          ${this.heading ? html`<span class="soft">${this.heading}</span>` : nothing}
        </div>
        ${this.assumed ? this.renderAssumed() : nothing}${this.renderSentence(card)}${this.renderWhy(card)}${this.renderWho(card)}${this.renderWhatIf(card)}
      </div>
      ${this.renderFoot(card)}`;
  }

  private renderAssumed(): TemplateResult {
    return html`<p class="assumed" role="status">
      <span>${this.words.assumed(this.assumed)}</span>
      <button type="button" class="link" @click=${() => this.tell('bellwether-what-if', null)}>${this.words.backToNow}</button>
    </p>`;
  }

  private renderSentence({ kind, shown, value, probability, band, horizon_hours, lift: times, base_rate, anchor, certainty }: Card): TemplateResult {
    const { words } = this;
    const at = Date.parse(anchor);
    const [before, after] = words.asOf;
    const asOf = Number.isNaN(at)
      ? nothing
      : html`${before}<time datetime=${anchor} title=${exactMoment(at, this.zone, words)}>${moment(at, this.present, this.zone, words)}</time>${after}`;
    const range = certainty ? html`<span lang=${this.dataLanguage} title=${words.range(percent(certainty.level))}>${certainty.text}</span>. ` : nothing;
    if (kind === 'regression' && shown !== null) {
      return html`<p class="sentence"><strong title=${value ?? ''}>${shown}</strong> <span class="claim">${words.expected}</span></p><p class="soft">${range}${asOf}</p>`;
    }
    if (probability === null || band === 'unknown') {
      return html`<p class="sentence"><strong class="words">${words.notEnough}</strong></p><p class="soft">${asOf}</p>`;
    }
    return html`<p class="sentence">
        <strong title=${exactPercent(probability, words.locale)}>${percent(probability)}</strong> <span class="claim">${words.within(horizon_hours)}</span>
        ${this.assumed ? nothing : renderTrend(this.history, this.present, this.zone, words)}
      </p>
      <p class="soft">
        ${times === null || base_rate === null ? nothing : html`<span title=${words.usual(exactPercent(base_rate, words.locale))}>${words.lift(times)}</span>. `}${range}${asOf}
      </p>`;
  }

  private renderWhy({ reasons, probability, value }: Card): TemplateResult | typeof nothing {
    const { words } = this;
    if (reasons.length === 0) return probability === null && value === null ? nothing : html`<h2>${words.why}</h2><p class="soft">${words.noReasons}</p>`;
    const shown = reasons.slice(0, reasonsShown);
    const fullShare = Math.max(leastFullShare, ...shown.map(({ share }) => share));
    const rest = 1 - shown.reduce((sum, { share }) => sum + share, 0);
    return html`<div class="why-head"><h2>${words.why}</h2><span class="legend" aria-hidden="true"><span>${words.lowers}</span><span>${words.raises}</span></span></div>
      <ul lang=${this.dataLanguage}>
        ${shown.map((reason, index) =>
          renderReason({
            reason,
            id: `evidence-${index}`,
            fullShare,
            open: this.opened.has(reason.text),
            toggle: () => this.toggle(reason.text),
            now: this.present,
            timeZone: this.zone,
            words,
          }),
        )}
      </ul>
      ${rest >= 0.01 ? html`<p class="rest soft">${words.rest}<span>${percent(rest)}</span></p>` : nothing}`;
  }

  private renderWho({ agents }: Card): TemplateResult | typeof nothing {
    if (agents.length === 0) return nothing;
    return html`<h2>${this.words.who}</h2>
      <ul lang=${this.dataLanguage}>
        ${agents.slice(0, agentsShown).map((agent) => this.renderAgent(agent))}
      </ul>`;
  }

  private renderAgent(agent: Agent): TemplateResult {
    const { words } = this;
    const { name, tier, text } = agent;
    const chosen = agent.agent === this.assigned && this.assigned !== '';
    return html`<li class="agent" part="agent">
      <span><span class="name">${name}</span>${tier ? `, ${tier}` : nothing}<span class="value">${unbroken(withoutName(text, name))}</span></span>
      ${chosen
        ? html`<span class="soft" role="status"><span aria-hidden="true">✓ </span>${words.assigned(name)}</span>`
        : html`<button type="button" class="link" aria-label=${words.assignTo(name)} @click=${() => this.tell('bellwether-assign', agent)}>${words.assign}</button>`}
    </li>`;
  }

  private renderWhatIf({ what_if: whatIf = [] }: Card): TemplateResult | typeof nothing {
    if (whatIf.length === 0) return nothing;
    const { words } = this;
    return html`<h2 title=${words.whatIfNote}>${words.whatIf}</h2>
      <ul class="chips" lang=${this.dataLanguage}>
        ${distinct(whatIf).slice(0, whatIfsShown).map((item) => html`<li>${this.renderChip(item)}</li>`)}
      </ul>
      <p class="soft note">${words.whatIfNote}.</p>`;
  }

  private renderChip(item: WhatIf): TemplateResult {
    const answer = item.probability ?? item.value ?? NaN;
    const lower = answer < (this.card?.probability ?? this.card?.value ?? 0);
    return html`<button type="button" class="chip" part="chip" @click=${() => this.tell('bellwether-what-if', item)}>
      ${item.label} <span class=${lower ? 'down' : 'up'}><span aria-hidden="true">→ </span>${item.probability === null ? item.shown : percent(item.probability)}</span>
    </button>`;
  }

  private renderFoot({ partial, band }: Card): TemplateResult {
    const { words } = this;
    const old = this.present - this.dataUntil > oldAfterMs;
    const dataMoment = Number.isNaN(this.dataUntil) ? '' : moment(this.dataUntil, this.present, this.zone, words);
    const gaps = old ? [...partial, words.dataOld(dataMoment)] : partial;
    return html`<div class="foot soft" part="foot">
      ${gaps.length
        ? html`<ul class="gaps" lang=${this.dataLanguage}>
            ${gaps.map((sentence) => html`<li><svg viewBox="0 0 10 10" aria-hidden="true">${shapes.unknown}</svg><span>${sentence}</span></li>`)}
          </ul>`
        : nothing}
      <div class="last">
        ${dataMoment === ''
          ? nothing
          : old
            ? html`<button type="button" class="link" @click=${() => this.tell('bellwether-retry')}>${words.reload}</button>`
            : html`<span class="age" title=${exactMoment(this.dataUntil, this.zone, words)}>${words.dataOf(dataMoment)}</span>`}
        ${this.assumed
          ? nothing
          : renderFeedback({
              given: this.given,
              form: this.form,
              band,
              now: this.present,
              timeZone: this.zone,
              words,
              open: (form) => (this.form = form),
              give: (given) => this.give(given),
              withdraw: () => this.tell('bellwether-feedback', null),
            })}
      </div>
    </div>`;
  }

  private give(given: Given): void {
    this.form = null;
    this.tell('bellwether-feedback', given);
  }

  private toggle(reason: string): void {
    const opened = new Set(this.opened);
    if (!opened.delete(reason)) opened.add(reason);
    this.opened = opened;
  }

  private get present(): number {
    return Number.isNaN(this.now) ? Date.now() : this.now;
  }

  private get zone(): string | undefined {
    return this.timeZone || undefined;
  }

  /** What the engine said is marked where it is in another language than the element's own words. */
  private get dataLanguage(): string | typeof nothing {
    const language = this.card?.language ?? 'en';
    return this.words.locale.startsWith(language) ? nothing : language;
  }
}

/** Two changes that read the same are one to the reader. */
const distinct = (whatIf: WhatIf[]): WhatIf[] => whatIf.filter(({ label }, place) => whatIf.findIndex((other) => other.label === label) === place);

/** The engine's line begins with the name that stands above it already. */
const withoutName = (text: string, name: string): string => (text.startsWith(`${name}: `) ? text.slice(name.length + 2) : text);

declare global {
  interface HTMLElementTagNameMap {
    'bellwether-card': BellwetherCard;
  }
  interface HTMLElementEventMap {
    'bellwether-what-if': CustomEvent<WhatIf | null>;
    'bellwether-assign': CustomEvent<Agent>;
    'bellwether-feedback': CustomEvent<Given | null>;
  }
}
