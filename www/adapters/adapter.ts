import { attributeOf, find, findAll, oneLine, words } from './dom.ts';
import { fieldNames } from './hooks.ts';
import type { FieldHooks, FieldName, Hook, Hooked, Hooks, PlaceHook } from './hooks.ts';

/** What a page says of a ticket: text, bounded; what it does not say is absent. */
export type Fields = Partial<Record<FieldName, string>>;

/** Where something is to be drawn. */
export interface Place {
  element: Element;
  put: PlaceHook['put'];
}

/** A ticket found on a page. */
export interface Found {
  fields: Fields;
  place: Place;
}

/** A page as read. */
export type Reading =
  /** Nothing of ours: another page, or nobody is signed in. */
  | { kind: 'elsewhere' }
  | { kind: 'ticket'; ticket: Found }
  | { kind: 'list'; tickets: Found[] }
  /** The address is a ticket's or a list's, but the page is not as the adapter knows it. */
  | { kind: 'mismatch'; missing: string[] };

/** The part of `location` that is looked at. */
export type Address = Pick<Location, 'hostname' | 'pathname' | 'search' | 'hash'>;

/** The most characters of a field. */
const most: Record<FieldName, number> = { id: 100, subject: 500, description: 20_000, priority: 100, category: 200, requester: 300, organisation: 300, agent: 300, created: 100 };
const rowsRead = 500;

/** One helpdesk: how its tickets are read off its pages. */
export class Adapter {
  constructor(readonly hooks: Hooks) {}

  /** Whether this is a page of this helpdesk with someone signed in. */
  matches(address: Address, document: Document): boolean {
    const { host, page } = this.hooks;
    return (!host || host.test(address.hostname)) && find(document, page) !== undefined;
  }

  /** The tickets of a list, in the page's order; undefined when this is no list page. */
  list(address: Address, document: Document): Found[] | undefined {
    const { list } = this.hooks;
    if (!list?.path.test(line(address)) || !find(document, list.container)) return undefined;
    return findAll(document, list.row, rowsRead).flatMap((row) => {
      const fields = read(list.fields, row, address);
      const place = list.place.at === '' ? row : find(row, list.place.at);
      return fields.id && place ? [{ fields, place: { element: place, put: list.place.put } }] : [];
    });
  }

  /** The ticket that the page is about; undefined when the page is no ticket or not as it was. */
  ticket(address: Address, document: Document): Found | undefined {
    const { path, within, fields, required, place } = this.hooks.ticket;
    const number = path.exec(line(address))?.[1] ?? '';
    if (!path.test(line(address))) return undefined;
    const part = within ? find(document, within.replaceAll('{id}', CSS.escape(number))) : document;
    const at = find(document, place.at);
    if (!part || !at) return undefined;
    const found = read(fields, part, address);
    return required.every((name) => found[name]) ? { fields: found, place: { element: at, put: place.put } } : undefined;
  }

  read(address: Address, document: Document): Reading {
    const { ticket: hooks, list: listHooks, page } = this.hooks;
    if (!find(document, page)) return { kind: 'elsewhere' };
    if (hooks.path.test(line(address))) {
      const ticket = this.ticket(address, document);
      return ticket ? { kind: 'ticket', ticket } : { kind: 'mismatch', missing: this.missing(address, document) };
    }
    if (!listHooks?.path.test(line(address))) return { kind: 'elsewhere' };
    const tickets = this.list(address, document);
    if (!tickets) return { kind: 'mismatch', missing: [listHooks.container] };
    const rows = findAll(document, listHooks.row, rowsRead).length;
    return rows > 0 && tickets.length === 0 ? { kind: 'mismatch', missing: ['id'] } : { kind: 'list', tickets };
  }

  /** What of a ticket page was not found, for the person who mends the adapter. */
  private missing(address: Address, document: Document): string[] {
    const { path, within, fields, required, place } = this.hooks.ticket;
    const number = path.exec(line(address))?.[1] ?? '';
    const part = within ? find(document, within.replaceAll('{id}', CSS.escape(number))) : document;
    if (!part) return [within ?? ''];
    const found = read(fields, part, address);
    return [...required.filter((name) => !found[name]), ...(find(document, place.at) ? [] : [place.at])];
  }
}

const line = ({ pathname, search, hash }: Address): string => pathname + search + hash;

function read(hooks: FieldHooks, root: Document | Element, address: Address): Fields {
  const fields: Fields = {};
  for (const name of fieldNames) {
    const hooked = hooks[name];
    const value = hooked === undefined ? '' : valueOf(hooked, root, address, most[name]);
    if (value) fields[name] = value;
  }
  return fields;
}

/** What the first hook that finds something finds. */
export function valueOf(hooked: Hooked, root: Document | Element, address: Address, most: number): string {
  const hooks = Array.isArray(hooked) ? (hooked as readonly Hook[]) : [hooked as Hook];
  for (const hook of hooks) {
    const value = one(typeof hook === 'string' ? { at: hook } : hook, root, address, most);
    if (value) return value;
  }
  return '';
}

function one(hook: Exclude<Hook, string>, root: Document | Element, address: Address, most: number): string {
  const text = hook.address ? oneLine(line(address), 2000) : textOf(hook, root, most);
  if (!hook.pattern) return text;
  const match = hook.pattern.exec(text);
  return oneLine(match?.[1] ?? '', most);
}

function textOf({ at, attribute, own, all, last }: Exclude<Hook, string>, root: Document | Element, most: number): string {
  const found = at === undefined ? (root instanceof Element ? [root] : []) : findAll(root, at, all || last ? 200 : 1);
  const taken = all ? found : last ? found.slice(-1) : found.slice(0, 1);
  return oneLine(taken.map((element) => (attribute ? attributeOf(element, attribute, most) : words(element, most, own))).join(' '), most);
}
