import { valueOf } from '../../adapters/index.ts';
import type { FurtherField } from '../../adapters/index.ts';
import type { Row } from '../../client/row.ts';

/** Columns from elements of the user's own choosing; what is not there is left out. */
export function furtherOf(fields: readonly FurtherField[], root: Document | Element): Row {
  const row: Row = {};
  for (const { column, at, pattern } of fields) {
    if (!column || !at) continue;
    const value = valueOf([{ at, attribute: 'value', ...patternOf(pattern) }, { at, all: true, ...patternOf(pattern) }], root, location, 300);
    if (value) row[column] = value;
  }
  return row;
}

function patternOf(pattern: string): { pattern?: RegExp } {
  if (!pattern) return {};
  try {
    return { pattern: new RegExp(pattern) };
  } catch {
    return {};
  }
}
