import { html, nothing, render } from 'lit';
import { open } from '../client/index.ts';
import type { Bellwether, Card } from '../client/index.ts';
import { clock } from '../elements/index.ts';
import { boardRows } from './board-rows.ts';
import type { Scoring } from './board-rows.ts';
import { Clock } from './clock.ts';
import { text } from './queue.ts';
import type { Queue, QueueTicket } from './queue.ts';
import type { Source } from './source.ts';
import { ticketBody, ticketHead } from './ticket-view.ts';

const capacity = 10;
const rescoreEveryMs = 60_000;
const wide = window.matchMedia('(min-width: 720px)');

/** An agent's desk: the queue, the open ticket, and the card beside it. Every score comes from the engine. */
export class Desk {
  private queue: Queue | undefined;
  private queueError = '';
  private clock: Clock | undefined;
  private client: Bellwether | undefined;
  private engineError = '';
  private scoring: Scoring | undefined;
  private scoredAt = NaN;
  private selected = '';
  private card: Card | null = null;
  private cardError = '';

  constructor(private readonly source: Source) {}

  start(): void {
    this.draw();
    window.addEventListener('hashchange', () => this.followAddress());
    void this.load();
    setInterval(() => void this.score(), rescoreEveryMs);
  }

  private async load(): Promise<void> {
    this.queueError = this.engineError = '';
    await Promise.all([this.loadQueue(), this.client ? undefined : this.loadEngine()]);
    await this.score();
    this.openFirst();
  }

  private async loadQueue(): Promise<void> {
    try {
      this.queue = await this.source.queue();
      this.clock ??= new Clock(Date.parse(this.queue.as_of));
      this.followAddress();
    } catch (error) {
      this.queueError = `The queue could not be read: ${message(error)}.`;
    }
    this.draw();
  }

  private async loadEngine(): Promise<void> {
    try {
      const [bundle, options] = await Promise.all([this.source.bundle(), this.source.options()]);
      this.client = await open(bundle, { ...options, onProblem: (problem) => console.warn(problem) });
    } catch (error) {
      this.engineError = `Scores are not available: ${message(error)}.`;
    }
    this.draw();
  }

  private async score(): Promise<void> {
    if (!this.client || !this.queue) return;
    const now = this.now;
    const { thresholds } = this.client.manifest;
    try {
      const probabilities = await this.client.score(this.queue.tickets.map(({ row }) => row), { now });
      const lastLook = this.scoring?.lastLook ?? new Map(this.queue.tickets.map(({ row }, index) => [text(row, 'ticket_id'), probabilities[index] ?? NaN]));
      this.scoring = { probabilities, thresholds, lastLook };
      this.scoredAt = now;
      this.engineError = '';
    } catch (error) {
      this.engineError = `Scores are not available: ${message(error)}.`;
    }
    this.draw();
    performance.mark('bellwether:badges');
    if (this.selected) await this.readCard(this.selected);
  }

  private openFirst(): void {
    if (this.selected || !wide.matches || !this.queue || !this.scoring) return;
    const { probabilities } = this.scoring;
    const best = probabilities.reduce((top, value, index) => (value > (probabilities[top] ?? -1) || Number.isNaN(probabilities[top]) ? index : top), 0);
    const ticket = this.queue.tickets[best];
    if (ticket) void this.open(text(ticket.row, 'ticket_id'));
  }

  private followAddress(): void {
    const id = decodeURIComponent(location.hash.slice(1));
    if (id && this.ticket(id)) void this.open(id);
    else if (!id && !wide.matches && this.selected) this.leave();
  }

  private async open(id: string): Promise<void> {
    if (id !== this.selected) {
      this.selected = id;
      this.card = null;
    }
    this.draw();
    this.focusNarrow();
    await this.readCard(id);
  }

  private async readCard(id: string): Promise<void> {
    const ticket = this.ticket(id);
    if (!ticket || !this.client) return;
    try {
      const card = await this.client.explain(ticket.row, { now: this.now });
      if (this.selected !== id) return;
      this.card = card;
      this.cardError = '';
    } catch (error) {
      if (this.selected !== id) return;
      this.cardError = `This ticket could not be scored: ${message(error)}.`;
    }
    this.draw();
  }

  private leave(): void {
    this.selected = '';
    this.card = null;
    this.draw();
    this.focusNarrow();
  }

  private ticket(id: string): QueueTicket | undefined {
    return this.queue?.tickets.find(({ row }) => text(row, 'ticket_id') === id);
  }

  private get now(): number {
    return this.clock?.now() ?? NaN;
  }

  private draw(): void {
    const root = document.getElementById('desk');
    if (root) render(this.view(), root);
  }

  private view(): unknown {
    const ticket = this.ticket(this.selected);
    const count = this.queue?.tickets.length ?? 0;
    const shown = this.queue && this.queue.open > count ? `${count} of ${this.queue.open} open` : `${count} open`;
    const asOf = Number.isNaN(this.scoredAt) ? '' : ` · as of ${clock(this.scoredAt, 'UTC')}`;
    return html`<header class="top">
        <h1>Support desk</h1>
        <p class="soft note">Synthetic data. Scored in this page; nothing leaves it.</p>
        <button type="button" class="theme" @click=${this.turnTheme}>◐ Theme</button>
      </header>
      <main class=${ticket ? 'ticket-open' : 'queue-open'}>
        <bellwether-board
          class="queue"
          heading="Open tickets"
          .rows=${boardRows(this.queue?.tickets ?? [], this.scoring, this.now)}
          .summary=${this.queue ? `${shown}${asOf}` : ''}
          .selected=${this.selected}
          .capacity=${this.scoring ? capacity : 0}
          .loading=${!this.queue}
          .error=${this.queueError}
          @bellwether-open=${(event: CustomEvent<{ id: string }>) => this.go(event.detail.id)}
          @bellwether-retry=${() => void this.load()}
        ></bellwether-board>
        ${ticket ? html`${ticketHead(ticket, this.now, () => this.go(''))}${ticketBody(ticket, this.now)}` : nothing}
        <bellwether-card
          class="card"
          time-zone="UTC"
          .heading=${ticket ? text(ticket.row, 'ticket_id') : ''}
          .card=${this.card}
          .loading=${ticket !== undefined && this.card === null && !this.trouble}
          .error=${this.trouble}
          .now=${this.now}
          .dataUntil=${this.client ? Date.parse(this.client.manifest.built_at) : NaN}
          @bellwether-retry=${() => void this.load()}
        ></bellwether-card>
      </main>`;
  }

  private get trouble(): string {
    return this.engineError || this.cardError;
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
    if (this.selected) document.querySelector<HTMLElement>('.subject')?.focus({ preventScroll: true });
    else document.querySelector('bellwether-board')?.focusRow();
  }

  private readonly turnTheme = (): void => {
    const root = document.documentElement;
    const dark = root.dataset['theme'] ? root.dataset['theme'] === 'dark' : window.matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset['theme'] = dark ? 'light' : 'dark';
  };
}

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
