/** Rows as they cross into wasm: columns, kinds, numbers, texts, ends; see `packed.ts`. */
export type FlatRows = [columns: string[], kinds: Uint8Array, numbers: Float64Array, texts: Uint8Array, ends: Uint32Array];

/** The wasm surface as `src/web.rs` exports it. */
export interface Scorer {
  /** Speaks the language of a BCP 47 tag, if the engine has it; the tag of the language spoken from now on. */
  speak(tag: string): string;
  /** One probability per row; NaN where not enough is known. */
  score(...rowsAndNow: [...rows: FlatRows, nowMs: number]): Float64Array;
  /** Card JSON of one row. */
  card(row: string, nowMs: number): string;
  /** Card JSON of rows (a JSON list), without what-ifs. */
  cards(rows: string, nowMs: number): string;
  /** Card JSON of one row, had the change been so. */
  what_if(row: string, change: string, nowMs: number): string;
  /** A queue to agents, as JSON; options are JSON. */
  route(rows: string, options: string, nowMs: number): string;
  /** Appends rows to a table; the number accepted. */
  ingest(table: string, ...rows: FlatRows): number;
  /** How many rows no window reaches any more as of a moment: what `settled` would take away. */
  outlived(nowMs: number): number;
  /** The bundle as of a moment, live rows among it; what no window reaches any more is in totals only. */
  settled(nowMs: number): Settled;
  free(): void;
}

export interface Settled {
  readonly manifest: string;
  readonly tables: Uint8Array;
  free(): void;
}

export interface Glue {
  Scorer: new (manifest: string, model: Uint8Array, tables: Uint8Array) => Scorer;
  default: (input: { module_or_path: WebAssembly.Module }) => Promise<unknown>;
}
