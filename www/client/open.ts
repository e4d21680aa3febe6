import type { BundleParts } from './bundle.ts';
import type { Card, Change } from './card.ts';
import type { Line } from './line.ts';
import { readManifest } from './manifest.ts';
import type { Manifest } from './manifest.ts';
import { pack } from './packed.ts';
import { pageLine } from './page-line.ts';
import type { RouteOptions, Routed } from './route.ts';
import type { Row } from './row.ts';
import { startWorker } from './start-worker.ts';
import { Subscriptions } from './subscription.ts';
import type { ScoreChange, Scoring, SubscribeOptions, Subscription } from './subscription.ts';
import { workerLine } from './worker-line.ts';

export interface OpenOptions {
  /** The engine's code, or its bytes, gzipped or not; by default `bellwether_bg.wasm` beside this module. */
  wasm?: string | URL | Uint8Array;
  /** How to start the worker; `false` keeps the engine in the page. By default `worker.js` beside this module. */
  worker?: false | (() => Worker);
  /** How long the worker may take to start before the page takes over; 10,000 by default. */
  startTimeoutMs?: number;
  /** Check lengths and SHA-256; on by default. */
  verify?: boolean;
  /**
   * After so many ingested rows, what no window reaches any more is folded into totals (once it is at least half as many), so
   * that a page open for weeks does not grow; 100,000 by default (some 35 MB, more than a second instance takes while both are
   * there), 0 for never. No score changes by it. Moments more than a day before the earliest one
   * asked about lately can then no longer be asked about.
   */
  settleAfterRows?: number;
  /** The language of reasons, what-ifs and notes, as a BCP 47 tag; by default the document's. `en` and `de` are spoken. */
  language?: string;
  /** Told of each ticket the engine could not take; its probability is NaN. */
  onProblem?: (message: string) => void;
}

export interface AsOf {
  /** The moment to speak of; the present by default. */
  now?: Date | number;
}

/** An open bundle. Nothing given to it leaves the page. */
export interface Bellwether {
  readonly manifest: Manifest;
  /** Where the engine runs: a worker, or the caller's own thread. */
  readonly where: 'worker' | 'page';
  /** One probability per ticket, NaN where not enough is known. */
  score(tickets: readonly Row[], asOf?: AsOf): Promise<Float64Array>;
  /** The score of one ticket with all it can say of itself. */
  explain(ticket: Row, asOf?: AsOf): Promise<Card>;
  /** Speaks another language from now on, if the engine has it; the tag of the language spoken. */
  speak(language: string): Promise<string>;
  /** The cards of many tickets, without what-ifs: each of those costs many scores. */
  explainAll(tickets: readonly Row[], asOf?: AsOf): Promise<Card[]>;
  /** The card as it would be, had the change been so; the model's answer, not a promise. Nothing stays changed. */
  whatIf(ticket: Row, change: Change, asOf?: AsOf): Promise<Card>;
  /** Who should take which ticket: each ticket's best agents, and all of them assigned at once. */
  route(tickets: readonly Row[], asOf?: AsOf & RouteOptions): Promise<Routed>;
  /** Appends rows to a table; the number accepted. Subscriptions are scored again. */
  ingest(table: string, rows: readonly Row[]): Promise<number>;
  /** Scores that follow events and time; the listener is called at once and then whenever they were computed again. */
  subscribe(tickets: readonly Row[], listener: (change: ScoreChange) => void, options?: SubscribeOptions): Subscription;
  close(): void;
}

/**
 * Opens a bundle, by its folder's address or by its parts, and starts an engine on it.
 *
 * @throws BundleError when the bundle cannot be fetched, does not match its hashes or is not readable
 * @throws EngineError when WebAssembly cannot start here
 */
export async function open(bundle: string | URL | BundleParts, options: OpenOptions = {}): Promise<Bellwether> {
  const line = await connect(options);
  try {
    const source = isParts(bundle) ? bundle : absolute(bundle);
    const wasm = options.wasm instanceof Uint8Array ? options.wasm : absolute(options.wasm ?? new URL('./bellwether_bg.wasm', import.meta.url));
    const manifest = readManifest(await line.call('open', { bundle: source, wasm, verify: options.verify ?? true, settleAfter: options.settleAfterRows ?? 100_000, language: options.language ?? documentLanguage() }));
    const score: Scoring = async (tickets, nowMs) => {
      const { probabilities, problems } = await line.call('score', { tickets, nowMs });
      for (const problem of problems) options.onProblem?.(problem);
      return probabilities;
    };
    const subscriptions = new Subscriptions(score, manifest.entity.key);
    return {
      manifest,
      where: line.where,
      score: (tickets, asOf) => score(pack(tickets), moment(asOf)),
      explain: (ticket, asOf) => line.call('explain', { ticket, nowMs: moment(asOf) }),
      speak: (language) => line.call('speak', { language }),
      explainAll: (tickets, asOf) => line.call('explainAll', { tickets: [...tickets], nowMs: moment(asOf) }),
      whatIf: (ticket, change, asOf) => line.call('whatIf', { ticket, change, nowMs: moment(asOf) }),
      route: (tickets, { now, ...options } = {}) => line.call('route', { tickets: [...tickets], options, nowMs: moment(now === undefined ? {} : { now }) }),
      async ingest(table, rows) {
        const accepted = await line.call('ingest', { table, rows: pack(rows) });
        if (accepted > 0) subscriptions.eventsCame();
        return accepted;
      },
      subscribe: (tickets, listener, settings = {}) => subscriptions.add(tickets, listener, settings),
      close() {
        subscriptions.close();
        line.close();
      },
    };
  } catch (error) {
    line.close();
    throw error;
  }
}

async function connect({ worker = defaultWorker, startTimeoutMs = 10_000 }: OpenOptions): Promise<Line> {
  if (worker === false || typeof Worker === 'undefined') return pageLine();
  return (await workerLine(worker, startTimeoutMs)) ?? pageLine();
}

const defaultWorker = (): Worker => startWorker(new URL('./worker.js', import.meta.url).href);

/** The language of the page; English where there is none. */
const documentLanguage = (): string => globalThis.document?.documentElement.lang || 'en';

const isParts = (bundle: string | URL | BundleParts): bundle is BundleParts => typeof bundle === 'object' && !(bundle instanceof URL);

const absolute = (address: string | URL): string => new URL(address, globalThis.location?.href).href;

const moment = (asOf?: AsOf): number => Number(asOf?.now ?? Date.now());
