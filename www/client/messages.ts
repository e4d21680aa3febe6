import type { BundleParts } from './bundle.ts';
import type { Card } from './card.ts';
import type { WasmSource } from './compile.ts';
import type { Scored } from './engine.ts';
import type { PlainError } from './errors.ts';
import type { Row } from './row.ts';

/** A bundle folder's absolute address, or its parts. */
export type BundleSource = string | BundleParts;

/** What the page asks of the engine, and the answer to each. */
export interface Calls {
  open: { ask: { bundle: BundleSource; wasm: WasmSource; verify: boolean }; answer: string };
  score: { ask: { rows: Row[]; nowMs: number }; answer: Scored };
  card: { ask: { row: Row; nowMs: number }; answer: Card };
  ingest: { ask: { table: string; rows: Row[] }; answer: number };
}

export type CallName = keyof Calls;

export type Request = { [K in CallName]: { id: number; call: K; ask: Calls[K]['ask'] } }[CallName];

/** The worker's first word is `ready`; after that, one reply per request. */
export type Reply =
  | { kind: 'ready' }
  | { kind: 'answer'; id: number; answer: Calls[CallName]['answer'] }
  | { kind: 'failed'; id: number; error: PlainError };
