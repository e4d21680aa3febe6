import { expect, test } from '@playwright/test';
import { Engine } from '../../www/client/engine.ts';
import type { Settling } from '../../www/client/engine.ts';
import { BundleError, EngineError, RowError } from '../../www/client/errors.ts';
import { pack } from '../../www/client/packed.ts';
import type { Packed } from '../../www/client/packed.ts';
import type { FlatRows, Glue, Settled } from '../../www/client/surface.ts';

// A real module whose one export traps, so that what is caught is what a browser throws:
// (module (func (export "trap") unreachable))
const trapping = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 8, 1, 4, 116, 114, 97, 112, 0, 0, 10, 5, 1, 3, 0, 0, 11]);
const bundle = { manifest: '{}', model: new Uint8Array(), tables: new Uint8Array() };

/** The names of packed rows of one text column, read as the engine reads them. */
function names([, , numbers, texts, ends]: FlatRows): string[] {
  return Array.from(numbers, (place) => new TextDecoder().decode(texts.subarray(ends[place - 1] ?? 0, ends[place])));
}

/** Glue whose scorer traps on `bad`, refuses `wrong`, and otherwise answers with what was ingested so far. */
async function start(settling?: Settling, outlived = Infinity): Promise<{ engine: Engine; instances: () => number; settledAt: number[]; spoken: string[] }> {
  const module = await WebAssembly.compile(trapping);
  let instances = 0;
  const settledAt: number[] = [];
  const spoken: string[] = [];
  const createGlue = (): Glue => {
    let trap = (): void => undefined;
    let dead = false;
    let ingested = 0;
    return {
      async default({ module_or_path }) {
        trap = (await WebAssembly.instantiate(module_or_path)).exports['trap'] as () => void;
        instances++;
      },
      Scorer: class {
        constructor(manifest: string) {
          if (manifest === 'unreadable') throw new Error('unreadable');
          // A bundle that was settled holds what had been ingested.
          ingested = Number((JSON.parse(manifest) as { ingested?: number }).ingested ?? 0);
        }
        score(...[columns, kinds, numbers, texts, ends]: [...FlatRows, number]): Float64Array {
          const rows = names([columns, kinds, numbers, texts, ends]);
          return this.answer(rows);
        }
        answer(rows: string[]): Float64Array {
          if (dead) throw new Error('a trapped instance was called again');
          if (rows.includes('wrong')) throw new Error('column wrong is not a number\nin row 1');
          if (rows.includes('bad')) {
            dead = true;
            trap();
          }
          return Float64Array.from(rows, () => ingested / 10);
        }
        card(row: string): string {
          this.answer([(JSON.parse(row) as { name: string }).name]);
          return '{}';
        }
        speak(tag: string): string {
          spoken.push(tag);
          return tag;
        }
        cards(rows: string): string {
          this.answer((JSON.parse(rows) as { name: string }[]).map(({ name }) => name));
          return '[]';
        }
        what_if(row: string): string {
          return this.card(row);
        }
        route(row: string): string {
          return this.card(row);
        }
        ingest(_table: string, ...rows: FlatRows): number {
          const { length } = names(rows);
          ingested += length;
          return length;
        }
        outlived(): number {
          return outlived;
        }
        settled(nowMs: number): Settled {
          settledAt.push(nowMs);
          return { manifest: nowMs === 13 ? 'unreadable' : JSON.stringify({ ingested }), tables: new Uint8Array(), free: () => undefined };
        }
        free(): void {}
      },
    };
  };
  return { engine: await Engine.start(createGlue, module, bundle, settling, 'de'), instances: () => instances, settledAt, spoken };
}

const ticket = (name: string): { name: string } => ({ name });
const tickets = (...all: string[]): Packed => pack(all.map(ticket));

test('a fresh instance speaks the language that was asked for', async () => {
  const { engine, spoken } = await start();
  await expect(engine.explainAll([ticket('bad')], 0)).rejects.toThrow(EngineError);
  await engine.explainAll([ticket('good')], 0);
  expect(spoken).toEqual(['de', 'de']);
});

test('a trapped instance is replaced and the next ticket is scored', async () => {
  const { engine, instances } = await start();
  await expect(engine.explain(ticket('bad'), 0)).rejects.toThrow(EngineError);
  expect(Array.from((await engine.score(tickets('good'), 0)).probabilities)).toEqual([0]);
  expect(instances()).toBe(2);
});

test('in a batch only the ticket that trapped is not known', async () => {
  const { engine } = await start();
  const { probabilities, problems } = await engine.score(tickets('a', 'b', 'bad', 'd', 'e'), 0);
  expect(Array.from(probabilities)).toEqual([0, 0, NaN, 0, 0]);
  expect(problems).toHaveLength(1);
});

test('a replaced instance has what was ingested before', async () => {
  const { engine } = await start();
  expect(await engine.ingest('product_events', tickets('a', 'b'))).toBe(2);
  await expect(engine.explain(ticket('bad'), 0)).rejects.toThrow(EngineError);
  expect(Array.from((await engine.score(tickets('good'), 0)).probabilities)).toEqual([0.2]);
});

test('refused rows are the caller’s to mend, and keep the instance', async () => {
  const { engine, instances } = await start();
  await expect(engine.score(tickets('wrong'), 0)).rejects.toThrow(new RowError('column wrong is not a number'));
  expect(instances()).toBe(1);
});

test('a bundle that cannot be read is a bundle error', async () => {
  const module = await WebAssembly.compile(trapping);
  const createGlue = (): Glue => ({
    default: (input) => WebAssembly.instantiate(input.module_or_path),
    Scorer: class {
      constructor() {
        throw new Error('format 9 is newer than this engine reads');
      }
    } as unknown as Glue['Scorer'],
  });
  await expect(Engine.start(createGlue, module, bundle)).rejects.toThrow(BundleError);
});

const day = 24 * 3_600_000;

test('after enough rows and days, a fresh instance goes on with what is left, and the rows need not be kept', async () => {
  const { engine, instances, settledAt } = await start({ afterRows: 3, builtAt: 0 });
  await engine.ingest('product_events', tickets('a', 'b'));
  await engine.score(tickets('good'), 9 * day);
  await engine.settle();
  expect(settledAt, 'too few rows').toEqual([]);
  await engine.ingest('product_events', tickets('c', 'd'));
  await engine.score(tickets('good'), 5 * day);
  await engine.settle();
  expect(settledAt, 'a day before the earliest moment asked about').toEqual([4 * day]);
  expect(instances()).toBe(2);
  await expect(engine.explain(ticket('bad'), 9 * day)).rejects.toThrow(EngineError);
  expect(Array.from((await engine.score(tickets('good'), 9 * day)).probabilities), 'also after a trap').toEqual([0.4]);
});

test('a moment asked about long ago does not hold the folding up for ever', async () => {
  const { engine, settledAt } = await start({ afterRows: 1, builtAt: 0 });
  for (const at of [day, 2 * day, 8 * day, 15 * day]) {
    await engine.ingest('product_events', tickets('a'));
    await engine.score(tickets('good'), at);
    await engine.settle();
  }
  expect(settledAt).toEqual([7 * day]);
});

test('nothing is folded before anything was asked', async () => {
  const { engine, settledAt } = await start({ afterRows: 1, builtAt: 0 });
  await engine.ingest('product_events', tickets('a', 'b'));
  await engine.settle();
  expect(settledAt).toEqual([]);
});

test('rows of one day are not folded, however many', async () => {
  const { engine, settledAt } = await start({ afterRows: 1, builtAt: 0 });
  await engine.ingest('product_events', tickets('a', 'b'));
  await engine.score(tickets('good'), day);
  await engine.settle();
  expect(settledAt).toEqual([]);
});

test('rows that windows still reach are not folded: there would only be a second copy of them', async () => {
  for (const [outlived, folded] of [[1, []], [2, [3 * day]]] as const) {
    const { engine, settledAt } = await start({ afterRows: 4, builtAt: 0 }, outlived);
    await engine.ingest('product_events', tickets('a', 'b', 'c', 'd'));
    await engine.score(tickets('good'), 4 * day);
    await engine.settle();
    expect(settledAt).toEqual(folded);
  }
});

test('when the folded tables cannot be read, the rows are kept and scored on', async () => {
  const { engine, settledAt } = await start({ afterRows: 1, builtAt: -5 * day });
  await engine.ingest('product_events', tickets('a', 'b'));
  expect(Array.from((await engine.score(tickets('good'), day + 13)).probabilities)).toEqual([0.2]);
  await engine.settle();
  expect(settledAt).toEqual([13]);
  expect(Array.from((await engine.score(tickets('good'), day + 13)).probabilities)).toEqual([0.2]);
});
