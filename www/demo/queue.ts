import type { Row } from '../client/row.ts';

/** A ticket of `queue.json`: its row as the entity's table has it, and what a helpdesk page shows around it. */
export interface QueueTicket {
  row: Row;
  account: { name: string | null; plan: string | null; arr: string | null; csm: string | null } | null;
  user: { email: string | null; role: string | null; signup: string | null } | null;
  agent: { name: string | null; tier: string | null; specialty: string | null } | null;
}

/** What `queue.mjs` writes: tickets open at `as_of`, nothing later in them. */
export interface Queue {
  as_of: string;
  open: number;
  tickets: QueueTicket[];
}

/** A cell as text; empty when there is none. */
export const text = (row: Row, column: string): string => String(row[column] ?? '');

/** Milliseconds of a time cell; a time without a zone is UTC, as the engine reads it. */
export function time(row: Row, column: string): number {
  const cell = text(row, column);
  return Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(cell) || !cell.includes(':') ? cell : `${cell.replace(' ', 'T')}Z`);
}

/** Refuses what is not a queue. */
export function readQueue(value: unknown): Queue {
  const queue = value as Partial<Queue> | null;
  if (typeof queue?.as_of !== 'string' || Number.isNaN(Date.parse(queue.as_of)) || !Array.isArray(queue.tickets)) {
    throw new Error('queue.json is not a queue: build the demo again');
  }
  return queue as Queue;
}
