/**
 * What readers say of scores, kept where the page keeps it and nowhere else. Exported as JSON lines, one entry a line,
 * which `bellwether train --feedback FILE` reads.
 */

/** `agree` and `snooze` are kept for the record; only `disagree` can become a label. */
export type Verdict = 'agree' | 'disagree' | 'snooze';

/** One line of the exported file. Times are RFC 3339. */
export interface FeedbackEntry {
  format: 1;
  /** The key of the ticket. */
  entity: string;
  /** The moment the score spoke of. */
  anchor: string;
  /** What was said; null when nothing was known. */
  probability: number | null;
  verdict: Verdict;
  /** With `disagree`: what the reader expects instead. */
  expects?: boolean;
  /** The reader's own words or the reason chosen; may be empty. */
  reason: string;
  /** With `snooze`: until when. */
  until?: string;
  given_at: string;
}

/** The part of `localStorage` that is used. */
export interface TextStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

export interface Feedback {
  entries(): readonly FeedbackEntry[];
  /** The latest entry about a ticket. */
  of(entity: string): FeedbackEntry | undefined;
  /** Adds an entry; an earlier one about the same score is replaced, so that a mind can be changed. */
  give(entry: FeedbackEntry): void;
  /** Takes back the latest entry about a ticket. */
  withdraw(entity: string): void;
  /** Tickets put aside at a moment. */
  snoozed(now: number): Set<string>;
  /** JSON lines. */
  export(): string;
}

const most = 10_000;

/**
 * Feedback in a store such as `localStorage`; in memory when there is none, or when it refuses. What the store holds
 * and is no entry is passed over.
 */
export function keepFeedback(store?: TextStore, key = 'bellwether:feedback'): Feedback {
  let kept = read(store, key);
  const write = (): void => {
    try {
      store?.setItem(key, lines(kept));
    } catch {
      // A full or forbidden store: the entries live as long as the page.
    }
  };
  return {
    entries: () => kept,
    of: (entity) => kept.findLast((entry) => entry.entity === entity),
    give(entry) {
      kept = [...kept.filter((other) => other.entity !== entry.entity || other.anchor !== entry.anchor), entry].slice(-most);
      write();
    },
    withdraw(entity) {
      const last = kept.findLastIndex((entry) => entry.entity === entity);
      kept = kept.filter((_, place) => place !== last);
      write();
    },
    snoozed(now) {
      const asleep = new Map<string, boolean>();
      for (const { entity, verdict, until } of kept) asleep.set(entity, verdict === 'snooze' && Date.parse(until ?? '') > now);
      return new Set([...asleep].flatMap(([entity, yes]) => (yes ? [entity] : [])));
    },
    export: () => lines(kept),
  };
}

const lines = (entries: readonly FeedbackEntry[]): string => entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');

function read(store: TextStore | undefined, key: string): FeedbackEntry[] {
  let text: string | null = null;
  try {
    text = store?.getItem(key) ?? null;
  } catch {
    // A store that may not be read holds nothing.
  }
  return (text ?? '').split('\n').flatMap((line) => entryOf(line) ?? []);
}

function entryOf(line: string): FeedbackEntry | undefined {
  try {
    const entry = JSON.parse(line) as Partial<FeedbackEntry> | null;
    const sound = entry?.format === 1 && typeof entry.entity === 'string' && typeof entry.anchor === 'string' && typeof entry.given_at === 'string';
    return sound && ['agree', 'disagree', 'snooze'].includes(entry.verdict ?? '') ? (entry as FeedbackEntry) : undefined;
  } catch {
    return undefined;
  }
}
