import { bandOf, keepFeedback, open } from '../client/index.ts';
import type { Bellwether, Card, FeedbackEntry, RiskPoint, Routed, Row, Subscription, TextStore, WhatIf } from '../client/index.ts';
import type { BoardRow, Given } from '../elements/index.ts';
import { ago } from '../elements/index.ts';
import { asKnown, idOf, text, time } from './desk-data.ts';
import type { DeskData } from './desk-data.ts';
import { deployment, errors, plan, roundEveryMs, rounds } from './incident.ts';
import type { Incident } from './incident.ts';
import { Replay, sayEvent } from './replay.ts';
import type { Source } from './source.ts';
import type { DemoWords } from './words.ts';

const tickMs = 1000;
const rescoreEveryMs = 30_000;

/** A ticket that left the queue by escalating, and what was said of it before. */
export interface Outcome {
  id: string;
  at: number;
  probability: number;
  /** Its place in the queue, from 1. */
  place: number;
}

/**
 * What the desk knows: the queue as it fills and empties, its scores, the open ticket's card. It asks the engine for every
 * number and draws nothing; `changed` is called whenever something is to be drawn anew.
 */
export class DeskState {
  desk: DeskData | undefined;
  replay: Replay | undefined;
  client: Bellwether | undefined;
  deskError = '';
  engineError = '';
  tickets: Row[] = [];
  probabilities = new Map<string, number>();
  scoredAt = NaN;
  /** Probability at the reader's last look, by ticket. */
  lastLook = new Map<string, number>();
  lookedAt = NaN;
  outcomes: Outcome[] = [];
  selected = '';
  card: Card | null = null;
  cardError = '';
  assumed: WhatIf | undefined;
  assigned = new Map<string, string>();
  latestEvent = '';
  incident: (Incident & { sent: number; done: boolean; before: Map<string, number> }) | undefined;
  /** The top of the queue, assigned at once; undefined until it was asked for, null when the bundle knows no agents. */
  routed: Routed | null | undefined;
  private routing = '';
  readonly feedback = keepFeedback(localStore());
  private subscription: Subscription | undefined;
  private later: Row[] = [];
  /** The rows as last drawn, and what they were drawn from: a board with nothing new is left alone. */
  private drawn: { key: unknown[]; rows: BoardRow[] } | undefined;

  constructor(
    private readonly source: Source,
    private readonly changed: () => void,
    private readonly still: boolean,
    /** In what language the rows and the troubles are said. */
    public words: DemoWords,
  ) {}

  async load(): Promise<void> {
    this.deskError = this.engineError = '';
    await Promise.all([this.desk ? undefined : this.loadDesk(), this.client ? undefined : this.loadEngine()]);
    if (this.desk && this.client && !this.subscription) this.follow(this.desk, this.client);
  }

  get now(): number {
    return this.replay?.now() ?? NaN;
  }

  ticket(id: string): Row | undefined {
    return this.tickets.find((ticket) => idOf(ticket) === id);
  }

  /** The tickets on the board: those put aside are not. */
  get rows(): BoardRow[] {
    const { now, tickets, scoredAt, lastLook } = this;
    const key: unknown[] = [tickets, scoredAt, lastLook, this.feedback.entries(), Math.floor(now / 60_000), this.words];
    if (this.drawn?.key.every((part, place) => Object.is(part, key[place]))) return this.drawn.rows;
    const asleep = this.feedback.snoozed(now);
    const rows = tickets.filter((ticket) => !asleep.has(idOf(ticket))).map((ticket) => this.row(ticket, now));
    this.drawn = { key, rows };
    return rows;
  }

  get aside(): number {
    const asleep = this.feedback.snoozed(this.now);
    return this.tickets.filter((ticket) => asleep.has(idOf(ticket))).length;
  }

  history(id: string): readonly RiskPoint[] {
    return this.subscription?.history(id) ?? [];
  }

  seen(): void {
    this.lastLook = new Map(this.probabilities);
    this.lookedAt = this.scoredAt;
    this.changed();
  }

  async open(id: string): Promise<void> {
    if (id !== this.selected) {
      this.selected = id;
      this.card = null;
      this.assumed = undefined;
    }
    this.changed();
    await this.readCard();
  }

  async assume(change: WhatIf | undefined): Promise<void> {
    this.assumed = change;
    await this.readCard();
  }

  given(): Given | null {
    const entry = this.feedback.of(this.selected);
    if (!entry || (entry.until && Date.parse(entry.until) <= this.now)) return null;
    const { verdict, expects, reason, until } = entry;
    return { verdict, reason, ...(expects === undefined ? {} : { expects }), ...(until === undefined ? {} : { until: Date.parse(until) }) };
  }

  say(given: Given | null): void {
    const { card } = this;
    if (!given) this.feedback.withdraw(this.selected);
    else if (card) this.feedback.give(entryOf(card, given, this.now));
    this.changed();
  }

  assign(agent: string): void {
    this.assigned.set(this.selected, agent);
    this.changed();
  }

  /** Asks who should take these tickets, all of them together, when they are others than the last time. */
  async route(ids: string[]): Promise<void> {
    const { client } = this;
    const asked = ids.join(' ');
    if (!client || !asked || this.routing === asked) return;
    this.routing = asked;
    const tickets = ids.map((id) => this.ticket(id)).filter((ticket) => ticket !== undefined);
    this.routed = await client.route(tickets, { now: this.now }).catch(() => null);
    this.changed();
  }

  /** A deployment, then a round of errors four times a second; what becomes of the scores is the engine's to say. */
  async startIncident(): Promise<void> {
    const { client, desk, replay } = this;
    if (!client || !desk || !replay || this.incident) return;
    const planned = plan(this.tickets, (id) => this.probabilities.get(id) ?? NaN, client.manifest.thresholds?.likely ?? 1, desk);
    if (!planned) return;
    const incident = { ...planned, sent: 0, done: false, before: new Map(planned.tickets.map((id) => [id, this.probabilities.get(id) ?? NaN])) };
    this.incident = incident;
    this.seen();
    performance.mark('bellwether:incident');
    await client.ingest('deployments', [deployment(incident, this.now)]);
    for (let round = 0; round < rounds; round++) {
      const rows = errors(incident, round, this.now);
      incident.sent += await client.ingest('product_events', rows);
      const last = rows.at(-1);
      if (last) this.latestEvent = sayEvent(last, desk);
      await new Promise((resolve) => setTimeout(resolve, roundEveryMs));
    }
    incident.done = true;
    this.changed();
  }

  private async loadDesk(): Promise<void> {
    try {
      const desk = await this.source.desk();
      this.desk = desk;
      this.replay = new Replay(desk, false);
      this.tickets = desk.tickets.map((ticket) => asKnown(ticket, this.now));
      this.later = [...desk.tickets];
    } catch (error) {
      this.deskError = this.words.deskError(message(error));
    }
    this.changed();
  }

  private async loadEngine(): Promise<void> {
    try {
      const [bundle, options] = await Promise.all([this.source.bundle(), this.source.options()]);
      this.client = await open(bundle, { ...options, onProblem: (problem) => console.warn(problem) });
    } catch (error) {
      this.engineError = this.words.engineError(message(error));
    }
    this.changed();
  }

  private follow(desk: DeskData, client: Bellwether): void {
    if (!this.still) this.replay?.turn();
    this.subscription = client.subscribe(
      this.tickets,
      ({ now, probabilities }) => {
        for (const [place, ticket] of this.tickets.entries()) this.probabilities.set(idOf(ticket), probabilities[place] ?? NaN);
        if (Number.isNaN(this.scoredAt)) {
          this.lastLook = new Map(this.probabilities);
          this.lookedAt = now;
        }
        this.scoredAt = now;
        this.engineError = '';
        performance.mark('bellwether:badges');
        this.changed();
        if (this.selected) void this.readCard();
      },
      {
        clock: () => this.now,
        everyMs: rescoreEveryMs,
        onError: (error) => {
          this.engineError = this.words.engineError(message(error));
          this.changed();
        },
      },
    );
    setInterval(() => void this.tick(desk, client), tickMs);
  }

  /** What came since the last tick goes to the engine; tickets come to the queue and leave it. */
  private async tick(desk: DeskData, client: Bellwether): Promise<void> {
    const { replay } = this;
    if (!replay?.running) return;
    const now = this.now;
    const due = replay.due();
    for (const [table, rows] of due) {
      const events = table === 'product_events' ? rows.at(-1) : undefined;
      if (events) this.latestEvent = sayEvent(events, desk);
      await client.ingest(table, table === 'tickets' ? rows.map((row) => asKnown(row, now)) : rows);
    }
    const came = (due.get('tickets') ?? []).filter((ticket) => !desk.priorities || desk.priorities.includes(text(ticket, 'priority')));
    this.later = [...came, ...this.later];
    const left = this.later.filter((ticket) => time(ticket, 'escalated_to_eng') <= now || time(ticket, 'resolved_at') <= now);
    for (const ticket of left) this.leave(ticket);
    this.later = this.later.filter((ticket) => !left.includes(ticket));
    const answered = this.tickets.some((ticket) => ticket['first_response_at'] === null && time(this.later.find((row) => idOf(row) === idOf(ticket)) ?? {}, 'first_response_at') <= now);
    if (came.length || left.length || answered) {
      this.tickets = this.later.map((ticket) => asKnown(ticket, now));
      this.subscription?.update(this.tickets);
    }
    this.changed();
  }

  private leave(ticket: Row): void {
    const id = idOf(ticket);
    const probability = this.probabilities.get(id) ?? NaN;
    const escalated = time(ticket, 'escalated_to_eng') <= this.now;
    if (escalated && !Number.isNaN(probability)) {
      const place = 1 + [...this.tickets].filter((other) => (this.probabilities.get(idOf(other)) ?? -1) > probability).length;
      this.outcomes = [{ id, at: time(ticket, 'escalated_to_eng'), probability, place }, ...this.outcomes];
    }
    this.probabilities.delete(id);
    this.lastLook.delete(id);
  }

  /** The engine says its reasons in a language, and the open card is said again. */
  async speak(language: string): Promise<void> {
    if (!this.client) return;
    await this.client.speak(language);
    await this.readCard();
  }

  private async readCard(): Promise<void> {
    const { client, selected, assumed } = this;
    const ticket = this.ticket(selected);
    if (!ticket || !client) return;
    const asOf = { now: this.now };
    try {
      const card = await (assumed ? client.whatIf(ticket, assumed.change, asOf) : client.explain(ticket, asOf));
      if (this.selected !== selected || this.assumed !== assumed) return;
      this.card = card;
      this.cardError = '';
    } catch (error) {
      if (this.selected !== selected) return;
      this.cardError = this.words.cardError(message(error));
    }
    this.changed();
  }

  private row(ticket: Row, now: number): BoardRow {
    const id = idOf(ticket);
    const account = this.desk?.accounts[text(ticket, 'account_id')];
    const probability = this.probabilities.get(id);
    const before = this.lastLook.get(id);
    const known = probability !== undefined && !Number.isNaN(probability);
    const at = time(ticket, 'created_at');
    return {
      id,
      title: text(ticket, 'subject'),
      detail: [id, text(ticket, 'priority'), account?.name ?? this.words.accountNotKnown, account?.plan].filter(Boolean).join(' · '),
      probability: probability ?? NaN,
      band: probability === undefined || !this.client ? null : bandOf(probability, this.client.manifest.thresholds),
      change: known && before !== undefined && !Number.isNaN(before) ? probability - before : 0,
      fresh: known && before === undefined,
      at,
      note: ago(at, now, this.words.elements),
    };
  }
}

function entryOf(card: Card, { verdict, expects, reason, until }: Given, now: number): FeedbackEntry {
  return {
    format: 1,
    entity: card.entity,
    anchor: card.anchor,
    probability: card.probability,
    verdict,
    ...(expects === undefined ? {} : { expects }),
    reason,
    ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
    given_at: new Date(now).toISOString(),
  };
}

/** The browser's store, where the page may use one. */
function localStore(): TextStore | undefined {
  try {
    return window.localStorage;
  } catch {
    return undefined;
  }
}

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
