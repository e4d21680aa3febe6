import { fieldNames } from './hooks.ts';
import type { FieldHooks, FieldName, Hooks } from './hooks.ts';

/** A helpdesk as its user defined it by picking elements on its pages: selectors, and the shape of a ticket's address. */
export interface CustomHooks {
  /** A part of a ticket's address; `{id}` stands for the number: `/issues/{id}`. */
  ticketAddress: string;
  fields: Partial<Record<FieldName, string>>;
  /** Where the card goes; above the page when empty. */
  cardAfter: string;
  /** The rows of a list, and inside them. */
  row: string;
  rowFields: Partial<Record<FieldName, string>>;
}

export const noCustomHooks: CustomHooks = { ticketAddress: '', fields: {}, cardAfter: '', row: '', rowFields: {} };

const email = /([^\s<>"'(),;:]+@[^\s<>"'(),;]+)/;

/** The hooks, or one sentence on what is missing. */
export function customHooks(custom: CustomHooks): Hooks | string {
  const { ticketAddress, fields, cardAfter, row, rowFields } = custom;
  if (!ticketAddress.includes('{id}')) return 'A ticket’s address needs {id} where the number stands.';
  if (!fields.subject) return 'Pick where a ticket’s subject stands.';
  const bad = [...Object.values(fields), cardAfter, row, ...Object.values(rowFields)].find((selector) => selector && !isSelector(selector));
  if (bad) return `${bad} is no CSS selector.`;
  const number = new RegExp(ticketAddress.split('{id}').map(literal).join('([A-Za-z0-9_-]+)'));
  const rowLink = rowFields.id || 'a[href]';
  return {
    id: 'custom',
    name: 'Own',
    page: 'body',
    ticket: {
      path: number,
      fields: { ...hooked(fields), id: { address: true, pattern: number } },
      required: ['id', 'subject'],
      place: cardAfter ? { at: cardAfter, put: 'after' } : { at: 'body', put: 'float' },
    },
    ...(row && {
      list: {
        path: /^/,
        container: row,
        row,
        fields: { ...hooked(rowFields), id: [{ at: rowLink, attribute: 'href', pattern: number }, { at: rowLink, pattern: /([A-Za-z]*-?\d+)/ }] },
        place: { at: rowFields.subject || rowLink, put: 'after' as const },
      },
    }),
  };
}

function hooked(fields: Partial<Record<FieldName, string>>): FieldHooks {
  return Object.fromEntries(
    fieldNames.flatMap((name) => {
      const at = fields[name];
      if (!at) return [];
      const plain = [{ at, attribute: 'value' }, at];
      return [[name, name === 'requester' ? [{ at, attribute: 'value', pattern: email }, { at, pattern: email }, { at, attribute: 'href', pattern: email }, ...plain] : plain]];
    }),
  );
}

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

function isSelector(selector: string): boolean {
  try {
    document.createDocumentFragment().querySelector(selector);
    return true;
  } catch {
    return false;
  }
}
