/** Moments as people say them, from the moment that counts as now. Milliseconds since 1970 throughout. */
import { english } from './words.ts';
import type { Words } from './words.ts';

const day = 86_400_000;

/** `9:42` */
export function clock(at: number, timeZone?: string, words: Words = english): string {
  return format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, words, timeZone).format(at).replace(/^0/, '');
}

/** `9:42` today, `yesterday 9:42`, `31 Dec, 9:42` before that. */
export function moment(at: number, now: number, timeZone?: string, words: Words = english): string {
  const of = (ms: number): string => format({ dateStyle: 'short' }, words, timeZone).format(ms);
  const time = clock(at, timeZone, words);
  if (of(at) === of(now)) return time;
  if (of(at) === of(now - day)) return words.yesterday(time);
  return `${format({ day: 'numeric', month: 'short' }, words, timeZone).format(at)}, ${time}`;
}

/** `just now`, `5 min ago`, `3 h ago`, `3 days ago` */
export function ago(at: number, now: number, words: Words = english): string {
  const minutes = Math.max(0, (now - at) / 60_000);
  if (minutes < 1.5) return words.justNow;
  if (minutes < 59.5) return words.minutesAgo(Math.round(minutes));
  if (minutes < 36 * 60) return words.hoursAgo(Math.round(minutes / 60));
  return words.daysAgo(Math.round(minutes / 1440));
}

/** `31 Dec 2025, 09:42:10 UTC` */
export const exactMoment = (at: number, timeZone?: string, words: Words = english): string =>
  format(
    { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZoneName: 'short' },
    words,
    timeZone,
  ).format(at);

const formats = new Map<string, Intl.DateTimeFormat>();

/** Formats are dear to make: each is made once. */
function format(options: Intl.DateTimeFormatOptions, { locale }: Words, timeZone?: string): Intl.DateTimeFormat {
  const key = JSON.stringify([locale, options, timeZone]);
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(locale, timeZone ? { ...options, timeZone } : options);
  formats.set(key, made);
  return made;
}
