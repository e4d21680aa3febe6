import { bandOf } from '../client/index.ts';
import type { Thresholds } from '../client/index.ts';
import { ago } from '../elements/index.ts';
import type { BoardRow } from '../elements/index.ts';
import { text, time } from './queue.ts';
import type { QueueTicket } from './queue.ts';

export interface Scoring {
  probabilities: Float64Array;
  thresholds: Thresholds | null;
  /** Probability at the reader's last look, by ticket. */
  lastLook: ReadonlyMap<string, number>;
}

/** The queue as the board shows it; without scores every badge waits. */
export function boardRows(tickets: readonly QueueTicket[], scoring: Scoring | undefined, now: number): BoardRow[] {
  return tickets.map(({ row, account }, index) => {
    const id = text(row, 'ticket_id');
    const probability = scoring?.probabilities[index] ?? NaN;
    const before = scoring?.lastLook.get(id) ?? probability;
    const change = probability - before;
    return {
      id,
      title: text(row, 'subject'),
      detail: [id, text(row, 'priority'), account?.name ?? 'account not known', account?.plan].filter(Boolean).join(' · '),
      probability,
      band: scoring ? bandOf(probability, scoring.thresholds) : null,
      change: Number.isNaN(change) ? 0 : change,
      note: ago(time(row, 'created_at'), now),
    };
  });
}
