import type { FurtherField, Mapping } from '../../adapters/index.ts';

/** `priority: Urgent = P1`, one a line. */
export const valuesText = (values: Mapping['values']): string =>
  Object.entries(values).flatMap(([column, pairs]) => Object.entries(pairs).map(([from, to]) => `${column}: ${from} = ${to}`)).join('\n');

export function valuesFrom(text: string): Mapping['values'] {
  const values: Mapping['values'] = {};
  for (const line of text.split('\n')) {
    const match = /^\s*([^:]+?)\s*:\s*(.+?)\s*=\s*(.+?)\s*$/.exec(line);
    if (!match) continue;
    const [, column = '', from = '', to = ''] = match;
    values[column] = { ...values[column], [from]: to };
  }
  return values;
}

/** `column | selector | pattern`, one a line. */
export const furtherText = (further: readonly FurtherField[]): string => further.map(({ column, at, pattern }) => [column, at, ...(pattern ? [pattern] : [])].join(' | ')).join('\n');

export function furtherFrom(text: string): FurtherField[] {
  return text.split('\n').flatMap((line) => {
    // A pattern may hold bars itself.
    const [column = '', at = '', ...pattern] = line.split(' | ').map((part) => part.trim());
    return column && at ? [{ column, at, pattern: pattern.join(' | ') }] : [];
  });
}
