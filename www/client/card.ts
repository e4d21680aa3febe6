import type { Cell, Row } from './row.ts';

/** How likely, in a word. `unknown`: not enough is known to say. */
export type Band = 'low' | 'watch' | 'likely' | 'critical' | 'unknown';

/** A row behind a reason. `at`: RFC 3339, absent where the row has no time. */
export interface Evidence {
  text: string;
  at?: string | null;
}

/** One thing a person would name. */
export interface Reason {
  text: string;
  value: string;
  /** On the log-odds, or on the number; positive raises it. */
  contribution: number;
  /** Part of all absolute contributions, 0 to 1. */
  share: number;
  direction: 'up' | 'down';
  evidence: Evidence[];
}

/** One feature's Shapley value on the log-odds, or on the number. */
export interface Contribution {
  feature: string;
  value: string | number | null;
  contribution: number;
  share: number;
}

/** Someone who could take the ticket, best first. */
export interface Agent {
  agent: string;
  name: string;
  tier: string;
  /** Expected hours to resolve, and the median over all agents for the same topic. */
  hours?: number;
  team_hours?: number;
  text: string;
}

/** What to suppose: cells set, rows added or taken out. */
export interface Change {
  /** Cells of the ticket's own row (`priority`) or of a row it links to (`account_id.plan`). */
  set?: Record<string, Cell>;
  /** Rows to add, by table; a row without a time happens at the moment of asking. */
  add?: Record<string, Row[]>;
  /** Rows to take out, by table: those whose cells equal every value given (a list: any of its values). */
  remove?: Record<string, Record<string, Cell | Cell[]>>;
}

/** An interval around a score, and whether enough has gone before to say anything. */
export interface Certainty {
  /** Probabilities, or numbers. */
  low: number;
  high: number;
  /** The share of cases that such intervals are meant to hold. */
  level: number;
  /** Earlier rows that share the entity the model knows best. */
  earlier: number | null;
  enough: boolean;
  /** One short phrase: `88–94 %`, `Little history (2 earlier tickets): 5–40 %`. */
  text: string;
}

/** A change worth trying, with the model's answer. */
export interface WhatIf {
  label: string;
  change: Change;
  /** The model's answer; null when a number is asked for. */
  probability: number | null;
  /** The number, when one is asked for. */
  value?: number | null;
  /** The answer as people say it. */
  shown?: string;
}

/** Everything a score can say of itself; the same JSON native and in the browser. */
export interface Card {
  entity: string;
  /** The moment the score speaks of, RFC 3339. */
  anchor: string;
  /** Whether a probability or a number is said; the fields of the other are null. */
  kind: 'binary' | 'regression';
  /** Whether the contributions are exact, or sampled because the bundle's model is another than ours. */
  explanation: 'exact' | 'sampled';
  /** The language of every sentence on it, as a BCP 47 tag. */
  language: string;
  /** Null when not enough is known. */
  probability: number | null;
  log_odds: number | null;
  base_log_odds: number | null;
  base_rate: number | null;
  /** Probability over base rate. */
  lift: number | null;
  /** How far the score can be trusted; null where nothing is known of that. */
  certainty?: Certainty | null;
  /** `unknown` for numbers: they have no bands. */
  band: Band;
  /** The number; null when not enough is known. */
  value: number | null;
  /** The number as people say it, in its unit: `7.5 h`. */
  shown: string | null;
  /** What the number would be if nothing were known. */
  base_value: number | null;
  unit: string | null;
  horizon_hours: number;
  /** What is missing, one sentence each. */
  partial: string[];
  /** Sorted by absolute share, largest first. */
  reasons: Reason[];
  contributions: Contribution[];
  agents: Agent[];
  /** Changes worth trying, the most telling first; none on the card of a what-if. */
  what_if?: WhatIf[];
  /** On the card of a what-if: what kind of answer it is. */
  hypothetical?: string;
}
