import type { BundleParts } from './bundle.ts';
import type { Card, Change } from './card.ts';
import { BellwetherError, BundleError, EngineError, RowError } from './errors.ts';
import { slice } from './packed.ts';
import type { Packed } from './packed.ts';
import type { RouteOptions, Routed } from './route.ts';
import type { Row } from './row.ts';
import type { Scored } from './scored.ts';
import type { FlatRows, Glue, Scorer } from './surface.ts';

/** When old rows are folded: once so many have come and half as many have left every window (0: never), from the bundle's build on. */
export interface Settling {
  afterRows: number;
  builtAt: number;
}

/** Moments this far before the earliest one asked about stay askable when old rows are folded. */
const slackMs = 24 * 3_600_000;

/**
 * One wasm instance over one bundle, replaced whenever it traps: its memory may be in any state, so it is
 * never called again. A fresh instance gets the rows ingested so far and takes the next ticket.
 *
 * So that a page open for weeks does not grow, rows that no window reaches any more are folded into totals from time to
 * time, and a fresh instance goes on with what is left.
 */
export class Engine {
  private scorer: Scorer | undefined;
  private ingested: { table: string; rows: Packed }[] = [];
  /** Live rows since the last folding. */
  private gathered = 0;
  /** The earliest moment asked about since then, and in the stretch before: what was asked long ago holds nothing up. */
  private earliest = Infinity;
  private earlier = Infinity;
  private settledTo: number;

  private constructor(
    private readonly createGlue: () => Glue,
    private readonly module: WebAssembly.Module,
    private bundle: BundleParts,
    private readonly settling: Settling,
    private language: string,
  ) {
    this.settledTo = settling.builtAt;
  }

  static async start(createGlue: () => Glue, module: WebAssembly.Module, bundle: BundleParts, settling: Settling = { afterRows: 0, builtAt: 0 }, language = 'en'): Promise<Engine> {
    const engine = new Engine(createGlue, module, bundle, settling, language);
    await engine.ready();
    return engine;
  }

  /** A batch that traps is halved until the ticket that did it stands alone; that one is NaN, with a problem. */
  async score(tickets: Packed, nowMs: number): Promise<Scored> {
    this.asked(nowMs);
    try {
      const probabilities = await this.call((scorer) => scorer.score(...flat(tickets), nowMs));
      return { probabilities, problems: [] };
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      const { rows } = tickets;
      if (rows <= 1) return { probabilities: new Float64Array(rows).fill(NaN), problems: [error.message] };
      const half = rows >> 1;
      const head = await this.score(slice(tickets, 0, half), nowMs);
      const tail = await this.score(slice(tickets, half, rows), nowMs);
      const probabilities = new Float64Array(rows);
      probabilities.set(head.probabilities);
      probabilities.set(tail.probabilities, half);
      return { probabilities, problems: [...head.problems, ...tail.problems] };
    }
  }

  async explain(ticket: Row, nowMs: number): Promise<Card> {
    this.asked(nowMs);
    const json = await this.call((scorer) => scorer.card(JSON.stringify(ticket), nowMs));
    return JSON.parse(json) as Card;
  }

  /** Speaks another language from now on, also after a trap; the tag of the language spoken. */
  async speak(language: string): Promise<string> {
    this.language = language;
    return this.call((scorer) => scorer.speak(language));
  }

  async explainAll(tickets: Row[], nowMs: number): Promise<Card[]> {
    this.asked(nowMs);
    const json = await this.call((scorer) => scorer.cards(JSON.stringify(tickets), nowMs));
    return JSON.parse(json) as Card[];
  }

  async whatIf(ticket: Row, change: Change, nowMs: number): Promise<Card> {
    this.asked(nowMs);
    const json = await this.call((scorer) => scorer.what_if(JSON.stringify(ticket), JSON.stringify(change), nowMs));
    return JSON.parse(json) as Card;
  }

  async route(tickets: Row[], options: RouteOptions, nowMs: number): Promise<Routed> {
    this.asked(nowMs);
    const json = await this.call((scorer) => scorer.route(JSON.stringify(tickets), JSON.stringify(options), nowMs));
    return JSON.parse(json) as Routed;
  }

  async ingest(table: string, rows: Packed): Promise<number> {
    const accepted = await this.call((scorer) => scorer.ingest(table, ...flat(rows)));
    this.ingested.push({ table, rows });
    this.gathered += accepted;
    return accepted;
  }

  close(): void {
    this.scorer?.free();
    this.scorer = undefined;
  }

  private asked(nowMs: number): void {
    this.earliest = Math.min(this.earliest, nowMs);
  }

  /** Folds what no window reaches any more, once enough rows have gathered and enough time has passed; nothing else may be asked meanwhile. */
  async settle(): Promise<void> {
    const { afterRows } = this.settling;
    // Without a moment asked about since then, nothing says how far back is still of interest.
    if (afterRows <= 0 || this.gathered < afterRows || this.earliest === Infinity) return;
    const to = Math.min(this.earliest, this.earlier) - slackMs;
    this.gathered = 0;
    this.earlier = this.earliest;
    this.earliest = Infinity;
    if (to <= this.settledTo + slackMs) return;
    try {
      // Rows that windows still reach stay; a second copy of them would be made for nothing.
      if ((await this.call((scorer) => scorer.outlived(to))) < afterRows / 2) return;
      const { manifest, tables } = await this.call((scorer) => scorer.settled(to));
      const bundle = { manifest, model: this.bundle.model, tables };
      // The old instance goes before the fresh one comes, so that the two need not be held at once.
      this.close();
      this.scorer = await this.instance(bundle, []);
      this.bundle = bundle;
    } catch {
      return; // Nothing was folded; the rows are all kept, and the next question is put to an instance that has them.
    }
    this.ingested = [];
    this.settledTo = to;
  }

  private async ready(): Promise<Scorer> {
    return (this.scorer ??= await this.instance(this.bundle, this.ingested));
  }

  /** A fresh instance over a bundle and the rows ingested since. */
  private async instance(bundle: BundleParts, ingested: Engine['ingested']): Promise<Scorer> {
    const glue = this.createGlue();
    try {
      await glue.default({ module_or_path: this.module });
    } catch (error) {
      throw new EngineError(`the engine could not start: ${line(error)}`);
    }
    try {
      const scorer = new glue.Scorer(bundle.manifest, bundle.model, bundle.tables);
      scorer.speak(this.language);
      for (const { table, rows } of ingested) scorer.ingest(table, ...flat(rows));
      return scorer;
    } catch (error) {
      throw trapped(error) ? new EngineError(`the engine stopped while reading the bundle: ${line(error)}`) : new BundleError(line(error));
    }
  }

  private async call<T>(work: (scorer: Scorer) => T): Promise<T> {
    const scorer = await this.ready();
    try {
      return work(scorer);
    } catch (error) {
      if (!trapped(error)) throw error instanceof BellwetherError ? error : new RowError(line(error));
      this.scorer = undefined;
      throw new EngineError(`the engine stopped on this ticket and was replaced: ${line(error)}`);
    }
  }
}

const flat = ({ columns, kinds, numbers, texts, ends }: Packed): FlatRows => [columns, kinds, numbers, texts, ends];

/** A trap, or a stack that ran out inside the instance: either way its memory can no longer be trusted. */
function trapped(error: unknown): boolean {
  return error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
}

function line(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n', 1)[0] ?? message;
}
