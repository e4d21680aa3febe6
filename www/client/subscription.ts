import type { Row } from './row.ts';
import { pack } from './packed.ts';
import type { Packed } from './packed.ts';

/** The risk at a moment; milliseconds since 1970. */
export interface RiskPoint {
  at: number;
  probability: number;
}

/** What changed since the listener was last told. */
export interface ScoreChange {
  /** The moment the scores speak of, milliseconds since 1970. */
  now: number;
  /** One per ticket, in the order of the tickets; NaN where not enough is known. */
  probabilities: Float64Array;
  /** Places of the tickets whose probability moved. */
  moved: number[];
  /** Why it was scored again. */
  because: 'start' | 'time' | 'events' | 'tickets';
}

export interface SubscribeOptions {
  /** The column that names a ticket; the bundle's entity key by default. */
  key?: string;
  /** Scores drift as time passes: how often to score again; 60,000 ms by default, 0 for never. */
  everyMs?: number;
  /** What time it is; the present by default. */
  clock?: () => number;
  /** Told when scoring failed; the subscription goes on. */
  onError?: (error: Error) => void;
}

/** Scores that follow events and time. */
export interface Subscription {
  /** Other tickets from now on; the histories of those that stay are kept. */
  update(tickets: readonly Row[]): void;
  /** Scores again now; resolves once the listener was told. */
  refresh(): Promise<void>;
  /** A ticket's risk over time, oldest first: a point per move, at most 240. */
  history(key: string): readonly RiskPoint[];
  close(): void;
}

/** Scores packed tickets as of a moment. */
export type Scoring = (tickets: Packed, nowMs: number) => Promise<Float64Array>;

const pointsKept = 240;
/** Moves below a tenth of a point are not told. */
const leastMove = 0.001;
/** A flat line gets a point this often, so that its end is drawn up to now. */
const flatEveryMs = 300_000;

/**
 * The subscriptions of one client. Events that come while a scoring is under way are answered by one more scoring
 * after it, however many they are.
 */
export class Subscriptions {
  private readonly open = new Set<Live>();

  constructor(
    private readonly score: Scoring,
    private readonly entityKey: string,
  ) {}

  add(tickets: readonly Row[], listener: (change: ScoreChange) => void, options: SubscribeOptions): Subscription {
    const live = new Live(this.score, listener, { key: this.entityKey, everyMs: 60_000, clock: Date.now, ...options });
    this.open.add(live);
    live.update(tickets, 'start');
    return {
      update: (next) => live.update(next, 'tickets'),
      refresh: () => live.wake('time'),
      history: (key) => live.history(key),
      close: () => {
        live.close();
        this.open.delete(live);
      },
    };
  }

  /** Rows were ingested. */
  eventsCame(): void {
    for (const live of this.open) void live.wake('events');
  }

  close(): void {
    for (const live of this.open) live.close();
    this.open.clear();
  }
}

type Settings = Required<Pick<SubscribeOptions, 'key' | 'everyMs' | 'clock'>> & SubscribeOptions;

class Live {
  private keys: string[] = [];
  private packed: Packed = pack([]);
  private histories = new Map<string, RiskPoint[]>();
  private running: Promise<void> | undefined;
  private next: { because: ScoreChange['because']; done: Promise<void> } | undefined;
  private timer: ReturnType<typeof setInterval> | undefined;
  private closed = false;

  constructor(
    private readonly score: Scoring,
    private readonly listener: (change: ScoreChange) => void,
    private readonly settings: Settings,
  ) {
    if (settings.everyMs > 0) this.timer = setInterval(() => void this.wake('time'), settings.everyMs);
    // Node: a waiting timer alone keeps no process alive.
    (this.timer as { unref?: () => void } | undefined)?.unref?.();
  }

  update(tickets: readonly Row[], because: ScoreChange['because']): void {
    this.keys = tickets.map((ticket) => String(ticket[this.settings.key] ?? ''));
    this.packed = pack(tickets);
    const kept = new Map<string, RiskPoint[]>();
    for (const key of this.keys) kept.set(key, this.histories.get(key) ?? []);
    this.histories = kept;
    void this.wake(because);
  }

  history(key: string): readonly RiskPoint[] {
    return this.histories.get(key) ?? [];
  }

  wake(because: ScoreChange['because']): Promise<void> {
    if (!this.running) {
      this.running = this.run(because).finally(() => (this.running = undefined));
      return this.running;
    }
    this.next ??= {
      because,
      done: this.running.then(() => {
        const { because = 'time' } = this.next ?? {};
        this.next = undefined;
        return this.wake(because);
      }),
    };
    if (because !== 'time') this.next.because = because;
    return this.next.done;
  }

  close(): void {
    this.closed = true;
    clearInterval(this.timer);
  }

  private async run(because: ScoreChange['because']): Promise<void> {
    if (this.closed) return;
    const { keys, packed } = this;
    const now = this.settings.clock();
    try {
      const probabilities = await this.score(packed, now);
      if (this.closed || keys !== this.keys) return;
      const moved = keys.flatMap((key, place) => (this.note(key, now, probabilities[place] ?? NaN) ? [place] : []));
      this.listener({ now, probabilities, moved, because });
    } catch (error) {
      if (!this.closed) this.settings.onError?.(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Keeps the point where the risk moved; true when it did. */
  private note(key: string, at: number, probability: number): boolean {
    const points = this.histories.get(key);
    if (!points) return false;
    const last = points.at(-1);
    const moved = !last || Number.isNaN(last.probability) !== Number.isNaN(probability) || Math.abs(last.probability - probability) >= leastMove;
    if (moved || (last && at - last.at >= flatEveryMs)) points.push({ at, probability });
    if (points.length > pointsKept) points.shift();
    return moved;
  }
}
