import { english as elements, number } from '../elements/index.ts';
import type { Words } from '../elements/index.ts';
import { german } from './words.de.ts';

/** Every sentence the demo itself says, in one language; what tickets and people say stays as it was written. */
export interface DemoWords {
  /** What the elements say, and the language's tag. */
  elements: Words;
  /** The language the button leads to, in its own words. */
  other: { tag: string; name: string };
  title: string;
  about: string;
  clockTitle: string;
  pause: string;
  play: string;
  theme: string;
  captions: [queue: string, card: string, incident: string, figures: string];
  start: string;
  running: string;
  again: string;
  incident(what: { endpoint: string; version: string; errors: number; accounts: number; rose: number; tickets: number }): string;
  openTickets: string;
  summary(open: number, aside: number, asOf: string): string;
  escalated(id: string, at: string, probability: string, place: number): string;
  caught(of: number, above: number): string;
  synthetic: string;
  madeBy: [before: string, after: string];
  feedback(count: number): string;
  export: string;
  deskError(cause: string): string;
  engineError(cause: string): string;
  cardError(cause: string): string;
  accountNotKnown: string;

  back: string;
  opened: string;
  facts: { priority: string; account: string; worth: string; manager: string; endpoint: string; assigned: string; answer: string };
  aYear(amount: string): string;
  nobody: string;
  notYet: string;
  requesterNotKnown: string;
  roleAt(role: string, account: string): string;

  assignedByYou: string;
  agentsTitle(count: number): string;

  noFigures: string;
  measuring: string;
  figuresError(cause: string): string;
  figuresTitle(capacity: number, aDay: number, ours: string, rule: string): string;
  figuresNote(what: { tested: string; since: string; share: string; trained: string }): string;
  sliders: [capacity: string, escalation: string, late: string, review: string];
  timesAsLong(factor: string): string;
  recallTitle(caught: string): string;
  savingTitle(ours: string, rule: string): string;
  reliabilityTitle(points: string): string;
  tableTitle: string;
  columns: [approach: string, auc: string, precision: string, caught: string];
  approaches: Record<string, { name: string; note: string }>;
  axes: { reviewed: string; caught: string; saved: string; said: string; escalated: string };
  charts: { recall: string; saving: string; reliability: string };
  asSaid: string;
  bin(said: string, escalated: string, tickets: number): string;
}

const english: DemoWords = {
  elements,
  other: { tag: 'de', name: 'Deutsch' },
  title: 'Bellwether: a support desk that sees escalations coming',
  about: 'Synthetic data; nothing leaves this page.',
  clockTitle: 'The sample’s own rows, held back from training, half a minute a second',
  pause: 'Pause',
  play: 'Play',
  theme: 'Theme',
  captions: [
    'Most likely to escalate first. What you can take today ends at the line.',
    'Why, who should take it, and what would change it.',
    'Errors come in; their tickets rise.',
    'Does it hold? Measured on tickets that came after everything the model had seen.',
  ],
  start: 'Start an incident',
  running: 'Incident running',
  again: 'Start over',
  incident: ({ endpoint, version, errors, accounts, rose, tickets }) =>
    `${endpoint} ${version} deployed; ${errors} errors at ${accounts} accounts; ${rose} of their ${tickets} tickets rose.`,
  openTickets: 'Open tickets',
  summary: (open, aside, asOf) => [`${open} open`, aside > 0 ? `${aside} put aside` : '', asOf && `as of ${asOf}`].filter(Boolean).join(' · '),
  escalated: (id, at, probability, place) => `${id} escalated at ${at}; it stood at ${probability}, place ${place}.`,
  caught: (of, above) => `Of ${of} since this page opened, ${above} were above your line.`,
  synthetic: 'Synthetic data',
  madeBy: ['made by ', '. The model was trained on what came before the replay; the engine is WebAssembly in a worker of this page.'],
  feedback: (count) => `Your feedback: ${count} ${count === 1 ? 'entry' : 'entries'}, kept in this browser.`,
  export: 'Export',
  deskError: (cause) => `The queue could not be read: ${cause}.`,
  engineError: (cause) => `Scores are not available: ${cause}.`,
  cardError: (cause) => `This ticket could not be scored: ${cause}.`,
  accountNotKnown: 'account not known',

  back: 'Queue',
  opened: 'opened',
  facts: { priority: 'Priority', account: 'Account', worth: 'Worth', manager: 'Success manager', endpoint: 'Endpoint', assigned: 'Assigned to', answer: 'First answer' },
  aYear: (amount) => `${amount} a year`,
  nobody: 'Nobody yet',
  notYet: 'Not yet',
  requesterNotKnown: 'Requester not known',
  roleAt: (role, account) => `${role} at ${account}`,

  assignedByYou: 'assigned by you',
  agentsTitle: (count) => `Who should take your top ${count}, all of them together`,

  noFigures: 'No figures',
  measuring: 'Measuring…',
  figuresError: (cause) => `The figures could not be read: ${cause}.`,
  figuresTitle: (capacity, aDay, ours, rule) =>
    `Looking at the ${capacity} likeliest of ${aDay} a day catches ${ours} of escalations; by priority it is ${rule}`,
  figuresNote: ({ tested, since, share, trained }) => `${tested} tickets since ${since}, ${share} of them escalated. Trained on ${trained} before. Synthetic data.`,
  sliders: ['Tickets you can look at in a day', 'An escalation costs', 'A late one takes', 'Looking at one costs'],
  timesAsLong: (factor) => `${factor} × as long`,
  recallTitle: (caught) => `Looking at a fifth of the tickets catches ${caught} of the escalations`,
  savingTitle: (ours, rule) => `At your costs it saves ${ours} a year; by priority ${rule}`,
  reliabilityTitle: (points) => `Its percentages can be taken at their word: off by ${points} points on average`,
  tableTitle: 'Four ways to see a ticket coming',
  columns: ['Looks at', 'ROC-AUC', 'Avg. precision', 'Caught'],
  approaches: {
    priority: { name: 'Priority', note: 'how often each priority escalated' },
    text: { name: 'Words of the ticket', note: 'a linear model of its words' },
    category_rate: { name: 'Rate of its category', note: 'how often its category escalated' },
    relational: { name: 'Bellwether', note: 'the ticket and all that is linked to it' },
  },
  axes: { reviewed: 'Tickets reviewed, likeliest first', caught: 'Escalations caught', saved: 'Saved in a year', said: 'Probability said', escalated: 'Escalated' },
  charts: {
    recall: 'Share of escalations caught against share of tickets reviewed',
    saving: 'Money saved in a year against share of tickets reviewed',
    reliability: 'Share that escalated against the probability said',
  },
  asSaid: 'just as said',
  bin: (said, escalated, tickets) => `said ${said}, escalated ${escalated}, ${tickets} tickets`,
};

const languages: Record<string, DemoWords> = { en: english, de: german };

/** The words of the first language that the demo speaks, else English. */
export function wordsOf(tags: readonly string[]): DemoWords {
  for (const tag of tags) {
    const found = languages[tag.toLowerCase().split('-', 1)[0] ?? ''];
    if (found) return found;
  }
  return english;
}

/** A number as the language writes it. */
export const figure = (value: number, digits: number, { elements }: DemoWords): string => number(value, digits, elements.locale);
