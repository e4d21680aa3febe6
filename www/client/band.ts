import type { Band } from './card.ts';
import type { Thresholds } from './manifest.ts';

/** The band of a probability; NaN is `unknown`. */
export function bandOf(probability: number, thresholds: Thresholds): Band {
  if (Number.isNaN(probability)) return 'unknown';
  if (probability >= thresholds.critical) return 'critical';
  if (probability >= thresholds.likely) return 'likely';
  if (probability >= thresholds.watch) return 'watch';
  return 'low';
}
