import type { BundleParts } from './bundle.ts';
import type { Card, Change } from './card.ts';
import type { WasmSource } from './compile.ts';
import type { Scored } from './scored.ts';
import type { PlainError } from './errors.ts';
import type { Packed } from './packed.ts';
import type { RouteOptions, Routed } from './route.ts';
import type { Row } from './row.ts';

/** A bundle folder's absolute address, or its parts. */
export type BundleSource = string | BundleParts;

/** What the page asks of the engine, and the answer to each. */
export interface Calls {
  open: { ask: { bundle: BundleSource; wasm: WasmSource; verify: boolean; settleAfter: number; language: string }; answer: string };
  score: { ask: { tickets: Packed; nowMs: number }; answer: Scored };
  explain: { ask: { ticket: Row; nowMs: number }; answer: Card };
  speak: { ask: { language: string }; answer: string };
  explainAll: { ask: { tickets: Row[]; nowMs: number }; answer: Card[] };
  whatIf: { ask: { ticket: Row; change: Change; nowMs: number }; answer: Card };
  route: { ask: { tickets: Row[]; options: RouteOptions; nowMs: number }; answer: Routed };
  ingest: { ask: { table: string; rows: Packed }; answer: number };
}

export type CallName = keyof Calls;

export type Request = { [K in CallName]: { id: number; call: K; ask: Calls[K]['ask'] } }[CallName];

/** The worker's first word is `ready`; after that, one reply per request. */
export type Reply =
  | { kind: 'ready' }
  | { kind: 'answer'; id: number; answer: Calls[CallName]['answer'] }
  | { kind: 'failed'; id: number; error: PlainError };
