import type { CallName, Calls } from './messages.ts';

/** A line to an engine, wherever it runs. */
export interface Line {
  readonly where: 'worker' | 'page';
  call<K extends CallName>(name: K, ask: Calls[K]['ask']): Promise<Calls[K]['answer']>;
  /** Ends the engine; calls still under way are refused with `ClosedError`. */
  close(): void;
}
