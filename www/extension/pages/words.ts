import type { FieldName } from '../../adapters/index.ts';
import { german } from './words.de.ts';

/** Every sentence of the options and the popup, in one language. Those that `data-say` names stand in the pages themselves. */
export interface PageWords {
  locale: string;
  title: string;
  promise: string;
  managed: string;
  bundle: string;
  bundleIs: string;
  address: string;
  helpdesks: string;
  helpdesksAre: string;
  helpdeskAddress: string;
  helpdesk: string;
  grantAndAdd: string;
  fields: string;
  fieldsAre: string;
  key: string;
  values: string;
  furtherFields: string;
  further: string;
  ownHelpdesk: string;
  ownIs: string;
  ownAddress: string;
  ownLists: string;
  shown: string;
  language: string;
  asPage: string;
  moment: string;
  present: string;
  bundleEnd: string;
  thresholds: string;
  watch: string;
  likely: string;
  critical: string;
  save: string;
  test: string;
  export: string;
  options: string;

  names: Record<FieldName, string>;
  byName: string;
  own: string;
  cardAfter: string;
  row: string;
  rowFields: { id: string; subject: string; requester: string; priority: string };
  pick: string;
  pickWhat(what: string): string;
  grant: string;
  remove: string;
  saved: string;
  notGranted(origin: string): string;
  bundleNotGranted: string;
  noAddress: string;
  noFeedback: string;
  readingBundle: string;
  dataUntil(moment: string): string;
  columns(names: string): string;
  noDirectory: string;

  readingTab: string;
  openTicketFirst: string;
  mismatch(missing: string): string;
  noTicketOnTab: string;
  tickets: string;
  score: string;
  missing: string;
  notEnough: string;

  onThisPage: string;
  notHere: string;
  givenUp: string;
  noTickets: string;
  count(tickets: number): string;
}

export const english: PageWords = {
  locale: 'en',
  title: 'Bellwether: options',
  promise: 'Tickets are read off the helpdesk’s pages and scored in this browser. Nothing is collected, and no ticket leaves it.',
  managed: 'Some of these settings are set by your administrator.',
  bundle: 'Bundle',
  bundleIs: 'The folder that “bellwether train” wrote, where this browser can fetch it.',
  address: 'Address',
  helpdesks: 'Helpdesks',
  helpdesksAre: 'The extension runs on these addresses alone. Each is granted, and can be taken back, one by one.',
  helpdeskAddress: 'Address of the helpdesk',
  helpdesk: 'Helpdesk',
  grantAndAdd: 'Grant and add',
  fields: 'Fields',
  fieldsAre: 'Which column of the tables each field of the page is. What is left to itself goes by the columns’ names.',
  key: 'Key of a ticket ({id}, or TK{id:6} for TK000042)',
  values: 'Values, one a line: column: page’s value = value in the tables',
  furtherFields: 'Further fields',
  further: 'One a line: column | selector | pattern (its first group is the value)',
  ownHelpdesk: 'A helpdesk of your own',
  ownIs: 'For addresses whose helpdesk is “Own”: pick where things stand on a ticket that is open in a tab of that address.',
  ownAddress: 'A ticket’s address, {id} for its number',
  ownLists: 'Its lists',
  shown: 'What is shown',
  language: 'Language',
  asPage: 'As the page',
  moment: 'Scores speak of',
  present: 'The present',
  bundleEnd: 'The end of the bundle’s data',
  thresholds: 'Percentages from which a band begins; empty for the bundle’s own.',
  watch: 'Watch',
  likely: 'Likely',
  critical: 'Critical',
  save: 'Save',
  test: 'Test on the open tab',
  export: 'Export feedback',
  options: 'Options',

  names: { id: 'Number', subject: 'Subject', description: 'Description', priority: 'Priority', category: 'Category', requester: 'Requester (address)', organisation: 'Organisation', agent: 'Agent', created: 'Created' },
  byName: 'by its name',
  own: 'Own',
  cardAfter: 'The card goes after',
  row: 'A row',
  rowFields: { id: 'Its link to the ticket', subject: 'Its subject', requester: 'Its requester', priority: 'Its priority' },
  pick: 'Pick',
  pickWhat: (what) => `Pick: ${what}`,
  grant: 'Grant',
  remove: 'Remove',
  saved: 'Saved.',
  notGranted: (origin) => `${origin} was not granted.`,
  bundleNotGranted: 'Without the right to fetch it the bundle is read only where its server allows this extension.',
  noAddress: 'That is no address: https://desk.example',
  noFeedback: 'There is no feedback yet.',
  readingBundle: 'Reading the bundle…',
  dataUntil: (moment) => `Data up to ${moment}.`,
  columns: (names) => `Columns: ${names}.`,
  noDirectory: 'It has no directory, so requesters lead nowhere: train it again with this version.',

  readingTab: 'Reading the open tab…',
  openTicketFirst: 'Open a ticket of one of these helpdesks in another tab first.',
  mismatch: (missing) => `The page is not as the adapter knows it: ${missing} is missing.`,
  noTicketOnTab: 'There is no ticket on that tab: open one, or a list of them.',
  tickets: 'Tickets',
  score: 'Score',
  missing: 'Missing',
  notEnough: 'Not enough is known to say',

  onThisPage: 'Tickets on this page',
  notHere: 'Bellwether is not on this page. Grant it the helpdesk’s address in the options.',
  givenUp: 'This page kept removing what was drawn on it. Reload it to try again.',
  noTickets: 'There are no tickets on this page.',
  count: (tickets) => (tickets === 1 ? 'One ticket' : `${tickets} tickets`),
};

/** The words of a language tag; English where there are none. */
export const pageWords = (language: string): PageWords => (language.toLowerCase().startsWith('de') ? german : english);

/** Says the page's own sentences: each element that has `data-say`, in the language given. */
export function sayPage(document: Document, words: PageWords): void {
  document.documentElement.lang = words.locale;
  for (const element of document.querySelectorAll<HTMLElement>('[data-say]')) {
    const said: unknown = words[element.dataset['say'] as keyof PageWords];
    if (typeof said !== 'string') throw new Error(`no words for ${element.dataset['say']}`);
    element.textContent = said;
  }
}
