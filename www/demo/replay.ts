import type { Row } from '../client/index.ts';
import { text, time, timeColumn } from './desk-data.ts';
import type { DeskData, LiveTable } from './desk-data.ts';

/** Half a minute a second, until the sample ends; as fast as ours after that. */
const speed = 30;

/**
 * The demo's present: it starts at the bundle's build and replays what the sample holds after it. It can be halted, and on
 * `?still` it never starts.
 */
export class Replay {
  private readonly start: number;
  private readonly end: number;
  private passed = 0;
  private since: number | undefined;
  private readonly waiting: { table: LiveTable; row: Row; at: number }[];

  constructor(
    { as_of, until, live }: DeskData,
    running: boolean,
  ) {
    this.start = Date.parse(as_of);
    this.end = Date.parse(until);
    const tables = Object.keys(live) as LiveTable[];
    this.waiting = tables.flatMap((table) => live[table].map((row) => ({ table, row, at: time(row, timeColumn[table]) }))).sort((a, b) => b.at - a.at);
    if (running) this.since = Date.now();
  }

  get running(): boolean {
    return this.since !== undefined;
  }

  now(): number {
    const passed = this.passed + (this.since === undefined ? 0 : Date.now() - this.since);
    const fast = Math.min(this.end - this.start, passed * speed);
    return this.start + fast + Math.max(0, passed - fast / speed);
  }

  turn(): void {
    if (this.since === undefined) {
      this.since = Date.now();
      return;
    }
    this.passed += Date.now() - this.since;
    this.since = undefined;
  }

  /** The rows that came since the last call, by table, as they were when they came. */
  due(): Map<LiveTable, Row[]> {
    const now = this.now();
    const found = new Map<LiveTable, Row[]>();
    for (let next = this.waiting.at(-1); next && next.at <= now; next = this.waiting.at(-1)) {
      this.waiting.pop();
      found.set(next.table, [...(found.get(next.table) ?? []), next.row]);
    }
    return found;
  }
}

/** An event in words, for the line that shows the desk is alive. */
export function sayEvent(row: Row, desk: DeskData): string {
  const account = desk.accounts[text(row, 'account_id')]?.name ?? text(row, 'account_id');
  const detail = text(row, 'details').replace(/^[^:]*:\s*/, '');
  return [account, text(row, 'event_type'), detail].filter(Boolean).join(' · ');
}
