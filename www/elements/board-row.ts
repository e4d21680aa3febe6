import type { Band } from '../client/card.ts';

/** One ticket as the board shows it. */
export interface BoardRow {
  id: string;
  title: string;
  /** The soft second line. */
  detail: string;
  /** NaN when not known or not scored yet. */
  probability: number;
  /** Null while it is not scored yet. */
  band: Band | null;
  /** Move since the last look, -1 to 1. */
  change?: number;
  /** It was not there at the last look. */
  fresh?: boolean;
  /** When it came, milliseconds; for sorting. */
  at?: number;
  /** A short note at the row's end. */
  note?: string;
}
