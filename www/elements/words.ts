import type { Band } from '../client/card.ts';
import { lift, span } from './say.ts';

/** Every sentence the elements say, in one language. Units are set off by a no-break space. */
export interface Words {
  /** BCP 47; numbers and dates follow it. */
  locale: string;
  bands: Record<Band, string>;
  notScored: string;
  unknownTitle: string;
  /** `up 38 points since the last look` */
  moved(points: number, up: boolean): string;

  cardLabel: string;
  cardEmpty: string;
  cardWaiting: string;
  notEnough: string;
  /** After the large probability. */
  within(hours: number): string;
  /** After a number that is expected. */
  expected: string;
  /** How much more than usual, and what is usual. */
  lift(times: number): string;
  usual(share: string): string;
  /** Around the moment: `As of 9:42.` */
  /** What the interval beside a score is. */
  range: (level: string) => string;
  asOf: [before: string, after: string];
  trend(points: number, up: boolean, since: string): string;
  trendFlat(since: string): string;
  why: string;
  raises: string;
  lowers: string;
  raisesTheRisk: string;
  lowersTheRisk: string;
  ofTheScore: string;
  rest: string;
  noReasons: string;
  who: string;
  assign: string;
  assignTo(name: string): string;
  assigned(name: string): string;
  whatIf: string;
  whatIfNote: string;
  assumed(change: string): string;
  backToNow: string;
  dataOf(moment: string): string;
  dataOld(moment: string): string;
  reload: string;

  agree: string;
  disagree: string;
  snooze: string;
  feedback: string;
  expectsYes: string;
  expectsNo: string;
  because: string;
  disagreeReasons: string[];
  snoozeSpans: { label: string; hours: number }[];
  ownWords: string;
  send: string;
  cancel: string;
  undo: string;
  agreed: string;
  disagreed: string;
  snoozed(moment: string): string;

  queue: string;
  boardWaiting: string;
  boardEmpty: string;
  boardNoMatch: string;
  clearFilter: string;
  capacity(count: number): string;
  capacityEnds(count: number): string;
  belowCapacity(count: number): string;
  filter: string;
  sortBy: string;
  sorts: Record<'risk' | 'moved' | 'newest' | 'oldest', string>;
  changed(count: number, since: string): string;
  markSeen: string;
  isNew: string;
  rose(count: number): string;
  matching(count: number): string;
  retry: string;
  offline: string;

  justNow: string;
  minutesAgo(count: number): string;
  hoursAgo(count: number): string;
  daysAgo(count: number): string;
  yesterday(clock: string): string;
}

const points = (count: number): string => (count === 1 ? '1 point' : `${count} points`);

export const english: Words = {
  locale: 'en-GB',
  bands: { low: 'Low', watch: 'Watch', likely: 'Likely', critical: 'Critical', unknown: 'Not known' },
  notScored: 'Not scored yet',
  unknownTitle: 'Not enough is known to say',
  moved: (count, up) => `${up ? 'up' : 'down'} ${points(count)} since the last look`,

  cardLabel: 'Escalation risk',
  cardEmpty: 'Open a ticket to see how likely it is to escalate, and why.',
  cardWaiting: 'Reading this ticket…',
  notEnough: 'Not enough is known to say.',
  within: (hours) => `likely to escalate within ${span(hours)}`,
  expected: 'expected',
  lift,
  usual: (share) => `The usual: ${share}`,
  range: () => 'A rough range: how far the model itself may be off',
  asOf: ['As of ', '.'],
  trend: (count, up, since) => `${up ? 'up' : 'down'} ${points(count)} since ${since}`,
  trendFlat: (since) => `steady since ${since}`,
  why: 'Why',
  raises: 'raises',
  lowers: 'lowers',
  raisesTheRisk: 'raises the risk, ',
  lowersTheRisk: 'lowers the risk, ',
  ofTheScore: ' of the score',
  rest: 'Everything else together',
  noReasons: 'Nothing stands out.',
  who: 'Who',
  assign: 'Assign',
  assignTo: (name) => `Assign to ${name}`,
  assigned: (name) => `Assigned to ${name}`,
  whatIf: 'What would change it',
  whatIfNote: 'The model’s answer, not a promise',
  assumed: (change) => `As if ${change}`,
  backToNow: 'Back to now',
  dataOf: (moment) => `Data of ${moment}`,
  dataOld: (moment) => `The data are of ${moment}. Newer events are missing.`,
  reload: 'Reload',

  agree: 'Agree',
  disagree: 'Disagree',
  snooze: 'Snooze',
  feedback: 'Your view of this score',
  expectsYes: 'It will escalate',
  expectsNo: 'It will not escalate',
  because: 'Because',
  disagreeReasons: ['Already being solved', 'A known question', 'The reasons are wrong', 'The data are old'],
  snoozeSpans: [
    { label: '1 h', hours: 1 },
    { label: '4 h', hours: 4 },
    { label: 'Tomorrow', hours: 24 },
  ],
  ownWords: 'In your own words',
  send: 'Send',
  cancel: 'Cancel',
  undo: 'Undo',
  agreed: 'You agreed.',
  disagreed: 'You disagreed.',
  snoozed: (moment) => `Put aside until ${moment}.`,

  queue: 'Your queue',
  boardWaiting: 'Reading the queue…',
  boardEmpty: 'No open tickets. New ones appear here as they come in.',
  boardNoMatch: 'No ticket matches.',
  clearFilter: 'Show all',
  capacity: (count) => `Your top ${count} today`,
  capacityEnds: (count) => `Your top ${count} today end here`,
  belowCapacity: (count) => `Below your top ${count}`,
  filter: 'Filter tickets',
  sortBy: 'Sort by',
  sorts: { risk: 'Risk', moved: 'Moved', newest: 'Newest', oldest: 'Oldest' },
  changed: (count, since) => `${count} changed since ${since}`,
  markSeen: 'Mark as seen',
  isNew: 'new',
  rose: (count) => (count === 1 ? 'One ticket became likely to escalate.' : `${count} tickets became likely to escalate.`),
  matching: (count) => (count === 1 ? 'One ticket matches.' : `${count} tickets match.`),
  retry: 'Try again',
  offline: 'You are offline. Scores go on from what is loaded.',

  justNow: 'just now',
  minutesAgo: (count) => `${count}\u00a0min ago`,
  hoursAgo: (count) => `${count}\u00a0h ago`,
  daysAgo: (count) => `${count}\u00a0days ago`,
  yesterday: (clock) => `yesterday ${clock}`,
};

const known = new Map<string, Words>([['en', english]]);

/** Adds a language, or replaces one: `addWords('fr', { ...english, locale: 'fr', … })`. Elements drawn later speak it. */
export function addWords(language: string, words: Words): void {
  known.set(language.toLowerCase(), words);
}

/** The words of a language tag, else of its first part (`de-AT` → `de`), else English. */
export function wordsFor(language: string): Words {
  const tag = language.toLowerCase();
  return known.get(tag) ?? known.get(tag.split('-', 1)[0] ?? '') ?? english;
}

