import type { BundleParts } from './bundle.ts';
import type { Card, Change } from './card.ts';
import { BellwetherError, BundleError, EngineError, RowError } from './errors.ts';
import { slice } from './packed.ts';
import type { Packed } from './packed.ts';
import type { RouteOptions, Routed } from './route.ts';
import type { Row } from './row.ts';
import type { Scored } from './scored.ts';
import type { FlatRows, Glue, Scorer } from './surface.ts';

/**
 * One wasm instance over one bundle, replaced whenever it traps: its memory may be in any state, so it is
 * never called again. A fresh instance gets the rows ingested so far and takes the next ticket.
 */
export class Engine {
  private scorer: Scorer | undefined;
  private readonly ingested: { table: string; rows: Packed }[] = [];

  private constructor(
    private readonly createGlue: () => Glue,
    private readonly module: WebAssembly.Module,
    private readonly bundle: BundleParts,
  ) {}

  static async start(createGlue: () => Glue, module: WebAssembly.Module, bundle: BundleParts): Promise<Engine> {
    const engine = new Engine(createGlue, module, bundle);
    await engine.ready();
    return engine;
  }

  /** A batch that traps is halved until the ticket that did it stands alone; that one is NaN, with a problem. */
  async score(tickets: Packed, nowMs: number): Promise<Scored> {
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
    const json = await this.call((scorer) => scorer.card(JSON.stringify(ticket), nowMs));
    return JSON.parse(json) as Card;
  }

  async whatIf(ticket: Row, change: Change, nowMs: number): Promise<Card> {
    const json = await this.call((scorer) => scorer.what_if(JSON.stringify(ticket), JSON.stringify(change), nowMs));
    return JSON.parse(json) as Card;
  }

  async route(tickets: Row[], options: RouteOptions, nowMs: number): Promise<Routed> {
    const json = await this.call((scorer) => scorer.route(JSON.stringify(tickets), JSON.stringify(options), nowMs));
    return JSON.parse(json) as Routed;
  }

  async ingest(table: string, rows: Packed): Promise<number> {
    const accepted = await this.call((scorer) => scorer.ingest(table, ...flat(rows)));
    this.ingested.push({ table, rows });
    return accepted;
  }

  close(): void {
    this.scorer?.free();
    this.scorer = undefined;
  }

  private async ready(): Promise<Scorer> {
    if (this.scorer) return this.scorer;
    const glue = this.createGlue();
    try {
      await glue.default({ module_or_path: this.module });
    } catch (error) {
      throw new EngineError(`the engine could not start: ${line(error)}`);
    }
    let scorer: Scorer;
    try {
      scorer = new glue.Scorer(this.bundle.manifest, this.bundle.model, this.bundle.tables);
      for (const { table, rows } of this.ingested) scorer.ingest(table, ...flat(rows));
    } catch (error) {
      throw trapped(error) ? new EngineError(`the engine stopped while reading the bundle: ${line(error)}`) : new BundleError(line(error));
    }
    this.scorer = scorer;
    return scorer;
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
