import { html, nothing, render } from 'lit';
import { clock, percent } from '../elements/index.ts';
import type { Given } from '../elements/index.ts';
import type { Agent, WhatIf } from '../client/index.ts';
import { agentsView } from './agents-view.ts';
import { idOf, text } from './desk-data.ts';
import { FiguresView } from './figures-view.ts';
import type { Source } from './source.ts';
import { DeskState } from './state.ts';
import { ticketBody, ticketHead } from './ticket-view.ts';
import { wordsOf } from './words.ts';
import type { DemoWords } from './words.ts';

const wide = window.matchMedia('(min-width: 720px)');

/** The page: an agent's desk that lives, the figures behind it, and an incident to start. It draws what the state knows. */
export class Desk {
  private readonly state: DeskState;
  private readonly figures: FiguresView;
  private words: DemoWords;
  private capacity = 10;
  private scheduled = false;

  constructor(source: Source) {
    const asked = new URLSearchParams(location.search);
    const language = asked.get('lang');
    this.words = wordsOf(language ? [language] : navigator.languages);
    this.state = new DeskState(source, () => this.schedule(), asked.has('still'), this.words);
    this.figures = new FiguresView(source, () => this.schedule(), (capacity) => this.setCapacity(capacity));
  }

  start(): void {
    this.speak(this.words);
    window.addEventListener('hashchange', () => this.followAddress());
    for (const name of ['online', 'offline']) window.addEventListener(name, () => this.schedule());
    void this.load();
  }

  /** Says everything in a language from here on; the elements follow the page's. */
  private speak(words: DemoWords): void {
    this.words = this.state.words = words;
    document.documentElement.lang = words.elements.locale;
    document.title = words.title;
    this.draw();
    void this.state.speak(words.elements.locale);
  }

  private async load(): Promise<void> {
    await this.state.load();
    this.followAddress();
    this.openFirst();
  }

  /** However often the state changes, the page is drawn once a frame. */
  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    const go = (): void => {
      this.scheduled = false;
      this.draw();
      this.openFirst();
    };
    if (document.visibilityState === 'visible') requestAnimationFrame(go);
    else setTimeout(go, 200);
  }

  private openFirst(): void {
    const { state } = this;
    if (!wide.matches || Number.isNaN(state.scoredAt) || (state.selected && state.ticket(state.selected))) return;
    const [best] = [...state.rows].filter(({ band }) => band).sort((a, b) => (Number.isNaN(a.probability) ? 1 : 0) - (Number.isNaN(b.probability) ? 1 : 0) || b.probability - a.probability);
    if (best && best.id !== state.selected) void state.open(best.id);
  }

  private followAddress(): void {
    const id = decodeURIComponent(location.hash.slice(1));
    if (id && this.state.ticket(id)) void this.state.open(id).then(() => this.focusNarrow());
    else if (!id && !wide.matches && this.state.selected) {
      this.state.selected = '';
      this.state.card = null;
      this.draw();
      this.focusNarrow();
    }
  }

  private setCapacity(capacity: number): void {
    this.capacity = capacity;
    this.schedule();
  }

  private draw(): void {
    const root = document.getElementById('desk');
    if (root) render(this.view(), root);
  }

  private view(): unknown {
    const { state, words } = this;
    const ticket = state.ticket(state.selected);
    return html`${this.header()}
      <main class=${ticket ? 'ticket-open' : 'queue-open'}>
        <div class="queue">
          <p class="caption"><b>1</b> ${words.captions[0]}</p>
          ${this.board()}${this.outcomes()}
        </div>
        ${ticket && state.desk
          ? html`${ticketHead(ticket, state.now, words, () => this.go(''))}${ticketBody(ticket, state.desk, state.assigned.get(state.selected), state.now, words)}`
          : nothing}
        <div class="card">
          <p class="caption"><b>2</b> ${words.captions[1]}</p>
          ${this.card()}
        </div>
      </main>
      ${agentsView(state, this.capacity, words, (id) => this.go(id))}
      ${this.figures.view(state, this.capacity, words)}
      ${this.footer()}`;
  }

  private header(): unknown {
    const { state, words } = this;
    const { incident, replay } = state;
    return html`<header class="top">
      <h1>Bellwether</h1>
      <p class="soft note">${words.about}</p>
      ${replay
        ? html`<p class="soft clock">
            <span title=${words.clockTitle}>${clock(state.now, 'UTC', words.elements)}</span>
            <button type="button" class="link" @click=${() => this.turnReplay()}>${replay.running ? words.pause : words.play}</button>
          </p>`
        : nothing}
      <p class="choices">
        <button type="button" class="link" lang=${words.other.tag} @click=${() => this.speak(wordsOf([words.other.tag]))}>${words.other.name}</button>
        <button type="button" class="link" @click=${this.turnTheme}>${words.theme}</button>
      </p>
      <div class=${incident ? 'incident told' : 'incident'}>
        <p class="caption"><b>3</b> ${incident ? this.incidentWords() : words.captions[2]}</p>
        <button type="button" class="solid" ?disabled=${!state.client || !state.desk || Boolean(incident && !incident.done)} @click=${() => (incident?.done ? location.reload() : this.startIncident())}>
          ${incident?.done ? words.again : incident ? words.running : words.start}
        </button>
      </div>
    </header>`;
  }

  private incidentWords(): unknown {
    const { state } = this;
    const { incident } = state;
    if (!incident) return nothing;
    const rose = incident.tickets.filter((id) => (state.probabilities.get(id) ?? 0) - (incident.before.get(id) ?? 0) >= 0.05).length;
    const { endpoint, version, sent: errors, accounts, tickets } = incident;
    return this.words.incident({ endpoint, version, errors, accounts: accounts.length, rose, tickets: tickets.length });
  }

  private board(): unknown {
    const { state, words } = this;
    const { rows, aside } = state;
    const moved = rows.filter(({ change = 0, fresh }) => fresh || Math.abs(change) >= 0.05).length;
    const asOf = Number.isNaN(state.scoredAt) ? '' : clock(state.scoredAt, 'UTC', words.elements);
    return html`<bellwether-board
        heading=${words.openTickets}
        time-zone="UTC"
        controls
        .rows=${rows}
        .summary=${state.desk ? words.summary(rows.length, aside, asOf) : ''}
        .selected=${state.selected}
        .capacity=${Number.isNaN(state.scoredAt) ? 0 : this.capacity}
        .changed=${moved}
        .lastLook=${state.lookedAt}
        .loading=${!state.desk}
        .error=${state.deskError}
        @bellwether-open=${(event: CustomEvent<{ id: string }>) => this.go(event.detail.id)}
        @bellwether-seen=${() => state.seen()}
        @bellwether-retry=${() => void this.load()}
      ></bellwether-board>
      ${state.latestEvent ? html`<p class="soft event"><span class="live" aria-hidden="true"></span>${state.latestEvent}</p>` : nothing}`;
  }

  /** Tickets that escalated while the page was open, with what was said of them before. */
  private outcomes(): unknown {
    const { words } = this;
    const { outcomes } = this.state;
    const [latest] = outcomes;
    if (!latest) return nothing;
    const caught = outcomes.filter(({ place }) => place <= this.capacity).length;
    return html`<p class="soft outcome">
      ${words.escalated(latest.id, clock(latest.at, 'UTC', words.elements), percent(latest.probability), latest.place)}
      ${outcomes.length > 1 ? words.caught(outcomes.length, caught) : nothing}
    </p>`;
  }

  private card(): unknown {
    const { state } = this;
    const ticket = state.ticket(state.selected);
    const trouble = state.engineError || state.cardError;
    return html`<bellwether-card
      time-zone="UTC"
      .heading=${ticket ? [idOf(ticket), text(ticket, 'category')].filter(Boolean).join(' · ') : ''}
      .card=${ticket ? state.card : null}
      .history=${state.history(state.selected)}
      .given=${state.given()}
      .assigned=${state.assigned.get(state.selected) ?? ''}
      .assumed=${state.assumed?.label ?? ''}
      .loading=${ticket !== undefined && state.card === null && !trouble}
      .error=${trouble}
      .now=${state.now}
      .dataUntil=${state.client ? Date.parse(state.client.manifest.built_at) : NaN}
      @bellwether-retry=${() => void this.load()}
      @bellwether-what-if=${(event: CustomEvent<WhatIf | null>) => void state.assume(event.detail ?? undefined)}
      @bellwether-assign=${(event: CustomEvent<Agent>) => state.assign(event.detail.agent)}
      @bellwether-feedback=${(event: CustomEvent<Given | null>) => state.say(event.detail)}
    ></bellwether-card>`;
  }

  private footer(): unknown {
    const { words } = this;
    const { feedback } = this.state;
    const count = feedback.entries().length;
    return html`<footer class="soft">
      <p>${words.synthetic}, ${words.madeBy[0]}<code>bellwether sample</code>${words.madeBy[1]}</p>
      ${count > 0
        ? html`<p>${words.feedback(count)} <button type="button" class="link" @click=${() => this.exportFeedback()}>${words.export}</button></p>`
        : nothing}
    </footer>`;
  }

  private exportFeedback(): void {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([this.state.feedback.export()], { type: 'application/jsonl' }));
    link.download = 'feedback.jsonl';
    link.click();
    URL.revokeObjectURL(link.href);
  }

  private async startIncident(): Promise<void> {
    const running = this.state.startIncident();
    const [first] = this.state.incident?.tickets ?? [];
    if (first && wide.matches) this.go(first);
    await running;
  }

  private turnReplay(): void {
    this.state.replay?.turn();
    this.draw();
  }

  /** The open ticket is part of the address, so the browser's own back button works. */
  private go(id: string): void {
    if (decodeURIComponent(location.hash.slice(1)) === id) this.followAddress();
    else location.hash = encodeURIComponent(id);
    window.scrollTo({ top: 0 });
  }

  /** On a narrow page the queue gives way to the ticket and back: the focus goes where the eye goes. */
  private focusNarrow(): void {
    if (wide.matches) return;
    this.draw();
    if (this.state.selected) document.querySelector<HTMLElement>('.subject')?.focus({ preventScroll: true });
    else document.querySelector('bellwether-board')?.focusRow();
  }

  private readonly turnTheme = (): void => {
    const root = document.documentElement;
    const dark = root.dataset['theme'] ? root.dataset['theme'] === 'dark' : window.matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset['theme'] = dark ? 'light' : 'dark';
  };
}
