/** Moments as people say them, from the moment that counts as now. Milliseconds since 1970 throughout. */
const day = 86_400_000;
const nbsp = '\u00a0';

/** `9:42` */
export function clock(at: number, timeZone?: string): string {
  return format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, timeZone).format(at).replace(/^0/, '');
}

/** `9:42` today, `yesterday 9:42`, `31 Dec, 9:42` before that. */
export function moment(at: number, now: number, timeZone?: string): string {
  const date = format({ day: 'numeric', month: 'short' }, timeZone);
  const of = (ms: number): string => format({ dateStyle: 'short' }, timeZone).format(ms);
  if (of(at) === of(now)) return clock(at, timeZone);
  if (of(at) === of(now - day)) return `yesterday ${clock(at, timeZone)}`;
  return `${date.format(at)}, ${clock(at, timeZone)}`;
}

/** `just now`, `5 min ago`, `3 h ago`, `3 days ago` */
export function ago(at: number, now: number): string {
  const minutes = Math.max(0, (now - at) / 60_000);
  if (minutes < 1.5) return 'just now';
  if (minutes < 59.5) return `${Math.round(minutes)}${nbsp}min ago`;
  if (minutes < 36 * 60) return `${Math.round(minutes / 60)}${nbsp}h ago`;
  return `${Math.round(minutes / 1440)}${nbsp}days ago`;
}

/** `31 Dec 2025, 09:42:10 UTC` */
export const exactMoment = (at: number, timeZone?: string): string =>
  format({ day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZoneName: 'short' }, timeZone).format(at);

const formats = new Map<string, Intl.DateTimeFormat>();

function format(options: Intl.DateTimeFormatOptions, timeZone?: string): Intl.DateTimeFormat {
  const key = JSON.stringify([options, timeZone]);
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', timeZone ? { ...options, timeZone } : options);
  formats.set(key, made);
  return made;
}
