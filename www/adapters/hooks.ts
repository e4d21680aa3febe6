/** What a page may say of a ticket, in the words every helpdesk has some form of. */
export const fieldNames = ['id', 'subject', 'description', 'priority', 'category', 'requester', 'organisation', 'agent', 'created'] as const;

export type FieldName = (typeof fieldNames)[number];

/** Where a value stands: a selector whose text is taken, or more exactly. */
export type Hook = string | HookParts;

export interface HookParts {
  /** A selector; without one the row, or the page, itself. */
  at?: string;
  /** An attribute instead of the text; `value` is what an input holds or a choice shows now. */
  attribute?: string;
  /** Only the element's own words, not those of elements inside it. */
  own?: boolean;
  /** Every match, one after the other, not the first alone. */
  all?: boolean;
  /** The last match, not the first. */
  last?: boolean;
  /** Its first group is the value; without a match there is none. */
  pattern?: RegExp;
  /** The page's address (path, query and fragment) instead of an element. */
  address?: boolean;
}

/** Several hooks: the first that finds something. */
export type Hooked = Hook | readonly Hook[];

export type FieldHooks = Partial<Record<FieldName, Hooked>>;

/** Where something is drawn. `float`: above the page, at its edge, which leaves the page's own structure alone. */
export interface PlaceHook {
  at: string;
  put: 'before' | 'after' | 'prepend' | 'append' | 'float';
}

export interface TicketHooks {
  /** The addresses of tickets; a first group is the ticket's number. */
  path: RegExp;
  /** The part of the page that is this ticket; `{id}` stands for the number in the address. */
  within?: string;
  fields: FieldHooks;
  /** Without these the page no longer is as it was. */
  required: readonly FieldName[];
  place: PlaceHook;
}

export interface ListHooks {
  path: RegExp;
  /** What a list page has even when no ticket is in it. */
  container: string;
  row: string;
  /** Looked for inside the row. */
  fields: FieldHooks;
  place: PlaceHook;
}

/** All that is known of one helpdesk's pages. Nothing outside this object names its elements. */
export interface Hooks {
  id: string;
  name: string;
  /** Where it usually is; only to recognise it. */
  host?: RegExp;
  /** What every page has while someone is signed in. */
  page: string;
  ticket: TicketHooks;
  /** Absent where rows say too little to score them. */
  list?: ListHooks;
}
