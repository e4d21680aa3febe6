import type { Directory, EntityColumn } from './directory.ts';
import { fieldNames } from './hooks.ts';
import type { FieldName } from './hooks.ts';

/** How a helpdesk's fields become cells of the entity's table. */
export interface Mapping {
  /** The key of a ticket: `{id}` as the page has it, `{id:6}` with zeros to six digits. */
  key: string;
  /** Field to column; a field that is absent goes by its name, an empty column leaves it out. */
  columns: Partial<Record<FieldName, string>>;
  /** Column, then the page's value to the tables': `{ priority: { Urgent: 'P1' } }`. */
  values: Record<string, Record<string, string>>;
  /** Columns from elements that the helpdesk's adapter does not know: a selector, and a pattern whose first group is the value. */
  further: FurtherField[];
}

export interface FurtherField {
  column: string;
  at: string;
  pattern: string;
}

export const plainMapping: Mapping = { key: '{id}', columns: {}, values: {}, further: [] };

const usual: Record<Exclude<FieldName, 'id'>, RegExp> = {
  subject: /^(subject|title|summary|name)$/i,
  description: /^(description|body|text|message|content)$/i,
  priority: /prio|urgency|severity/i,
  category: /^(category|type|queue|topic|group|request_type|issue_type)$/i,
  requester: /user|requester|contact|reporter|submitter|customer/i,
  organisation: /account|organi[sz]ation|company|customer|client/i,
  agent: /agent|assignee|owner|technician/i,
  created: /./,
};

/** The column that each field goes to. */
export function columnsOf(mapping: Mapping, directory: Directory | undefined): Map<FieldName, string> {
  const found = new Map<FieldName, string>();
  for (const name of fieldNames) {
    if (name === 'id') continue;
    const chosen = mapping.columns[name];
    const column = chosen ?? (directory ? guess(name, directory) : name);
    if (column) found.set(name, column);
  }
  return found;
}

function guess(name: Exclude<FieldName, 'id'>, { columns, links }: Directory): string | undefined {
  const named = (wanted: (column: EntityColumn) => boolean): string | undefined => columns.find((column) => wanted(column) && usual[name].test(column.name))?.name;
  switch (name) {
    case 'created':
      return columns.find(({ time }) => time)?.name;
    case 'requester':
      return columns.find((column) => links[column.name]?.by_address && usual.requester.test(column.name))?.name ?? columns.find((column) => links[column.name]?.by_address)?.name;
    case 'organisation':
    case 'agent':
      return named(({ links_to }) => links_to !== undefined);
    default:
      return named(({ links_to, time }) => links_to === undefined && !time);
  }
}

/** A ticket's key by the mapping's template. */
export const keyOf = ({ key }: Mapping, id: string): string => key.replace(/\{id(?::(\d{1,2}))?\}/g, (_, width?: string) => id.padStart(Number(width ?? 0), '0'));
