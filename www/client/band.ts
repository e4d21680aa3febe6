import type { Band } from './card.ts';
import type { Thresholds } from './manifest.ts';

/** The band of a probability; NaN is `unknown`, and so is everything where there are no thresholds: numbers have no bands. */
export function bandOf(probability: number, thresholds: Thresholds | null): Band {
  if (thresholds === null || Number.isNaN(probability)) return 'unknown';
  if (probability >= thresholds.critical) return 'critical';
  if (probability >= thresholds.likely) return 'likely';
  if (probability >= thresholds.watch) return 'watch';
  return 'low';
}
