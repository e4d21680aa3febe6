import type { Cell, Row } from '../client/row.ts';

/** One column of the entity's table. */
export interface EntityColumn {
  name: string;
  kind: 'id' | 'number' | 'money' | 'category' | 'ordered' | 'boolean' | 'timestamp' | 'text';
  /** The values of an ordered column, smallest first. */
  order?: string[];
  /** It says from when on the row exists. */
  time?: boolean;
  /** The table it links to. */
  links_to?: string;
}

interface Leads {
  by_address?: boolean;
  cells: string[];
  keys: Record<string, Cell[]>;
}

/** A bundle's directory: how what a page shows leads to the keys of its tables, by fingerprint. */
export interface Directory {
  columns: EntityColumn[];
  links: Record<string, Leads>;
  rows: Leads;
}

/** Reads the directory's bytes; throws one line when they are not one. */
export function readDirectory(bytes: Uint8Array): Directory {
  const json: unknown = JSON.parse(new TextDecoder().decode(bytes));
  const { format, columns, links, rows } = (json ?? {}) as Partial<Directory> & { format?: unknown };
  if (format !== 1 || !Array.isArray(columns) || typeof links !== 'object' || typeof rows !== 'object') {
    throw new Error('the bundle’s directory is of another version: train the bundle again with this version');
  }
  return { columns, links, rows };
}

/** SHA-256 of the trimmed, lower-cased text: its first eight bytes, in hexadecimal. */
export async function fingerprint(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text.trim().toLowerCase()));
  return Array.from(new Uint8Array(digest, 0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The cells that a text stands for; undefined when it leads nowhere. */
export async function look(leads: Leads | undefined, text: string): Promise<Row | undefined> {
  if (!leads) return undefined;
  const hash = await fingerprint(text);
  const cells = Object.hasOwn(leads.keys, hash) ? leads.keys[hash] : undefined;
  if (!cells) return undefined;
  return Object.fromEntries(leads.cells.flatMap((name, place) => (cells[place] == null ? [] : [[name, cells[place]]])));
}
