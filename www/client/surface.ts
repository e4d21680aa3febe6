/** The wasm surface as `src/web.rs` exports it. */
export interface Scorer {
  /** One probability per row; NaN where not enough is known. */
  score(rows: string, nowMs: number): Float64Array;
  /** Card JSON of one row. */
  card(row: string, nowMs: number): string;
  /** Appends rows to a table; the number accepted. */
  ingest(table: string, rows: string): number;
  free(): void;
}

export interface Glue {
  Scorer: new (manifest: string, model: Uint8Array, tables: Uint8Array) => Scorer;
  default: (input: { module_or_path: WebAssembly.Module }) => Promise<unknown>;
}
