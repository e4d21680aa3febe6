/**
 * Numbers as people say them. Each exact value is kept for hover and for screen readers by the caller.
 * Units are set off by a no-break space.
 */
const nbsp = '\u00a0';

/** `91 %`, `< 1 %`, `> 99 %`: never a certainty. */
export function percent(share: number): string {
  if (share < 0.01) return `<${nbsp}1${nbsp}%`;
  if (share > 0.99) return `>${nbsp}99${nbsp}%`;
  return `${Math.round(share * 100)}${nbsp}%`;
}

/** `91.27 %` */
export const exactPercent = (share: number, locale = 'en'): string => `${format(locale, 2, 2).format(share * 100)}${nbsp}%`;

const parts = ['', '', 'Half', 'A third of', 'A quarter of', 'A fifth of', 'A sixth of', 'A seventh of', 'An eighth of', 'A ninth of', 'A tenth of'];

/** `9 × the usual`, `About the usual`, `A third of the usual`. */
export function lift(times: number): string {
  if (times >= 3) return `${Math.round(times)}${nbsp}× the usual`;
  if (times >= 1.25) return `${trim(times.toFixed(1))}${nbsp}× the usual`;
  if (times >= 0.8) return 'About the usual';
  if (times >= 0.6) return 'Two thirds of the usual';
  return `${parts[Math.max(2, Math.round(1 / times))] ?? 'Less than a tenth of'} the usual`;
}

/** `$240K`, `$1.2M`, `$900` */
export function money(dollars: number): string {
  if (dollars >= 999_500) return `$${trim((dollars / 1e6).toFixed(1))}M`;
  if (dollars >= 1_000) return `$${Math.round(dollars / 1e3)}K`;
  return `$${Math.round(dollars)}`;
}

/** `48 h`, `7 days` */
export function span(hours: number): string {
  return hours <= 72 ? `${trim(hours.toFixed(1))}${nbsp}h` : `${Math.round(hours / 24)}${nbsp}days`;
}

/** A number in a language's own digits and marks. */
export const number = (value: number, digits: number, locale: string): string =>
  format(locale, 0, digits).format(value);

const formats = new Map<string, Intl.NumberFormat>();

/** Formats are dear to make: each is made once. */
function format(locale: string, least: number, most: number): Intl.NumberFormat {
  const key = `${locale} ${least} ${most}`;
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.NumberFormat(locale, { minimumFractionDigits: least, maximumFractionDigits: most });
  formats.set(key, made);
  return made;
}

/** A text whose numbers stay on one line with their units. */
export const unbroken = (text: string): string => text.replace(/(\d) (?=(?:%|h|min|s|days?|Tagen?|Std)(?!\p{L}))/gu, `$1${nbsp}`);

const trim = (text: string): string => text.replace(/\.0$/, '');
