import type { BundleParts } from './bundle.ts';
import type { Card } from './card.ts';
import type { Line } from './line.ts';
import { readManifest } from './manifest.ts';
import type { Manifest } from './manifest.ts';
import { pageLine } from './page-line.ts';
import type { Row } from './row.ts';
import { workerLine } from './worker-line.ts';

export interface OpenOptions {
  /** The engine's code; by default `bellwether_bg.wasm` beside this module. */
  wasm?: string | URL | Uint8Array;
  /** How to start the worker; `false` keeps the engine in the page. By default `worker.js` beside this module. */
  worker?: false | (() => Worker);
  /** How long the worker may take to start before the page takes over; 4,000 by default. */
  startTimeoutMs?: number;
  /** Check lengths and SHA-256; on by default. */
  verify?: boolean;
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
  readonly where: 'worker' | 'page';
  /** One probability per ticket, NaN where not enough is known. */
  score(tickets: Row[], asOf?: AsOf): Promise<Float64Array>;
  /** The score of one ticket with all it can say of itself. */
  card(ticket: Row, asOf?: AsOf): Promise<Card>;
  /** Appends rows to a table; the number accepted. */
  ingest(table: string, rows: Row[]): Promise<number>;
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
    const manifest = readManifest(await line.call('open', { bundle: source, wasm, verify: options.verify ?? true }));
    return {
      manifest,
      where: line.where,
      async score(tickets, asOf) {
        const { probabilities, problems } = await line.call('score', { rows: tickets, nowMs: moment(asOf) });
        for (const problem of problems) options.onProblem?.(problem);
        return probabilities;
      },
      card: (ticket, asOf) => line.call('card', { row: ticket, nowMs: moment(asOf) }),
      ingest: (table, rows) => line.call('ingest', { table, rows }),
      close: () => line.close(),
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

const defaultWorker = (): Worker => new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'bellwether' });

const isParts = (bundle: string | URL | BundleParts): bundle is BundleParts => typeof bundle === 'object' && !(bundle instanceof URL);

const absolute = (address: string | URL): string => new URL(address, globalThis.location?.href).href;

const moment = (asOf?: AsOf): number => Number(asOf?.now ?? Date.now());
