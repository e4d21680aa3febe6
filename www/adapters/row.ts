import type { Row } from '../client/row.ts';
import type { Fields } from './adapter.ts';
import { look } from './directory.ts';
import type { Directory, EntityColumn } from './directory.ts';
import type { FieldName } from './hooks.ts';
import { columnsOf, keyOf } from './mapping.ts';
import type { Mapping } from './mapping.ts';

/** A row of the entity's table, and what could not be taken from the page, a sentence each. */
export interface MadeRow {
  row: Row;
  notes: string[];
}

const linked: ReadonlySet<FieldName> = new Set<FieldName>(['requester', 'organisation', 'agent']);

const notOneOf = (language: string, column: string, said: string, order: string): string =>
  language.toLowerCase().startsWith('de')
    ? `${column} „${said}“ ist keines von ${order}: in den Einstellungen sagen, welches es ist.`
    : `${column} “${said}” is not one of ${order}: say in the options which it is.`;

/**
 * The row of a ticket. What the bundle's directory knows of the ticket by its key comes first; what the page says now is laid
 * over it. `language`: of the notes. A requester, an organisation or an agent leads to the keys of their rows; who is not known is named, so that the
 * card can say that they are missing. `further`: columns read by selectors of the user's own.
 */
export async function rowOf(fields: Fields, further: Row, entityKey: string, mapping: Mapping, directory: Directory | undefined, now: number, language = 'en'): Promise<MadeRow> {
  const key = keyOf(mapping, fields.id ?? '');
  const known = await look(directory?.rows, key);
  const row: Row = { ...known, [entityKey]: key };
  const notes: string[] = [];
  const columns = new Map(directory?.columns.map((column) => [column.name, column]));
  for (const [name, column] of columnsOf(mapping, directory)) {
    const value = fields[name];
    if (!value) continue;
    if (linked.has(name)) {
      const cells = await look(directory?.links[column], value);
      if (cells) Object.assign(row, cells);
      else if (row[column] == null) row[column] = value;
    } else {
      take(row, column, value, columns.get(column), mapping, notes, language);
    }
  }
  for (const [column, value] of Object.entries(further)) {
    if (typeof value === 'string' && value) take(row, column, value, columns.get(column), mapping, notes, language);
  }
  // A ticket that no table knows and whose page has no time came just now.
  const time = directory?.columns.find((column) => column.time)?.name;
  if (time && row[time] == null) row[time] = new Date(now).toISOString();
  return { row, notes };
}

function take(row: Row, column: string, value: string, schema: EntityColumn | undefined, mapping: Mapping, notes: string[], language: string): void {
  const values = mapping.values[column];
  const said = values && Object.hasOwn(values, value) ? (values[value] ?? value) : value;
  if (schema?.kind === 'ordered' && schema.order && !schema.order.includes(said)) {
    const same = schema.order.find((one) => one.toLowerCase() === said.toLowerCase());
    if (same !== undefined) row[column] = same;
    else if (row[column] == null) notes.push(notOneOf(language, column, said.slice(0, 60), schema.order.join(', ')));
    return;
  }
  if (schema?.kind === 'timestamp') {
    // Without a zone or with the month in the reader's order a time may be any time.
    const ms = /^\d{4}-\d\d-\d\d([T ]|$)/.test(said) ? Date.parse(said) : NaN;
    if (!Number.isNaN(ms) && row[column] == null) row[column] = new Date(ms).toISOString();
    return;
  }
  row[column] = said;
}
