import type { Row } from '../client/index.ts';

type Facts<K extends string> = Record<K, string | null>;
export type Account = Facts<'name' | 'plan' | 'arr' | 'csm'>;
export type User = Facts<'email' | 'role' | 'signup'>;
export type Agent = Facts<'name' | 'tier' | 'specialty'>;

/** The tables of which live rows come. */
export type LiveTable = 'tickets' | 'product_events' | 'deployments' | 'account_health';

/** What `desk.mjs` writes: the desk at `as_of`, and the sample's own rows after it. */
export interface DeskData {
  as_of: string;
  /** The sample ends here. */
  until: string;
  open: number;
  /** Tickets the query asks about on a day, over the last month. */
  a_day: number;
  /** The priorities the query asks about; null for all. */
  priorities: string[] | null;
  tickets: Row[];
  live: Record<LiveTable, Row[]>;
  accounts: Record<string, Account>;
  users: Record<string, User>;
  agents: Record<string, Agent>;
  /** Endpoints with the version they run. */
  endpoints: [endpoint: string, version: string][];
}

/** The column that says when a row of a table came to be. */
export const timeColumn: Record<LiveTable, string> = {
  tickets: 'created_at',
  product_events: 'at',
  deployments: 'deployed_at',
  account_health: 'measured_at',
};

/** A cell as text; empty when there is none. */
export const text = (row: Row, column: string): string => String(row[column] ?? '');

export const idOf = (ticket: Row): string => text(ticket, 'ticket_id');

/** Milliseconds of a time cell; a time without a zone is UTC, as the engine reads it. */
export function time(row: Row, column: string): number {
  const cell = text(row, column);
  return Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(cell) || !cell.includes(':') ? cell : `${cell.replace(' ', 'T')}Z`);
}

const laterTimes = ['first_response_at', 'resolved_at', 'escalated_to_eng'];

/** A ticket as a helpdesk has it at a moment: nothing later is in it. */
export function asKnown(ticket: Row, now: number): Row {
  const seen = { ...ticket };
  for (const column of laterTimes) if (!(time(ticket, column) <= now)) seen[column] = null;
  if (seen['resolved_at'] === null) seen['resolution_hours'] = null;
  return seen;
}

/** Refuses what is not a desk. */
export function readDesk(value: unknown): DeskData {
  const desk = value as Partial<DeskData> | null;
  if (typeof desk?.as_of !== 'string' || Number.isNaN(Date.parse(desk.as_of)) || !Array.isArray(desk.tickets) || !desk.live) {
    throw new Error('desk.json is not a desk: build the demo again');
  }
  return desk as DeskData;
}
