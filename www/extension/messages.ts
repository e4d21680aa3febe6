import type { CustomHooks, Fields } from '../adapters/index.ts';
import type { FurtherField } from '../adapters/mapping.ts';
import type { Card, Change } from '../client/card.ts';
import type { FeedbackEntry } from '../client/feedback.ts';
import type { Thresholds } from '../client/manifest.ts';
import type { Row } from '../client/row.ts';
import { sayings } from './say.ts';

/** A ticket as a content script read it. */
export interface PageTicket {
  fields: Fields;
  /** Columns read by selectors of the user's own. */
  further: Row;
}

export interface ScoredTicket {
  /** Null when not enough is known, or when the bundle answers with a number. */
  probability: number | null;
  /** The number, where the bundle answers with one. */
  value: number | null;
  /** The number as people say it; null when not enough is known. */
  shown: string | null;
  notes: string[];
}

export interface ExplainedTicket {
  card: Card;
  /** Nothing after this moment is in the bundle, milliseconds. */
  dataUntil: number;
  /** As of when the card speaks, milliseconds. */
  now: number;
}

/** What a content script may know of the settings: nothing but what it needs to read its own page. */
export interface PageSettings {
  helpdesk: string;
  custom: CustomHooks;
  further: FurtherField[];
  language: string;
}

/** What is known of the bundle, for the options page. */
export interface BundleFacts {
  query: string;
  builtAt: string;
  thresholds: Thresholds | null;
  columns: { name: string; kind: string }[];
  directory: boolean;
}

/** Asked of the background, by pages and content scripts, and the answer to each. */
export interface Asks {
  /** Puts the content script into the page that asks, where the settings name it. */
  begin: { ask: Record<never, never>; answer: null };
  site: { ask: Record<never, never>; answer: PageSettings | null };
  /** `language`: of the sentences in the answer, a BCP 47 tag. */
  score: { ask: { tickets: PageTicket[]; language: string }; answer: { scored: ScoredTicket[]; thresholds: Thresholds | null; kind: 'binary' | 'regression' } };
  explain: { ask: { ticket: PageTicket; language: string }; answer: ExplainedTicket };
  whatIf: { ask: { ticket: PageTicket; change: Change; language: string }; answer: ExplainedTicket };
  bundle: { ask: { language: string }; answer: BundleFacts };
  feedback: { ask: { entity: string; entry?: FeedbackEntry; withdraw?: boolean }; answer: FeedbackEntry | null };
  flag: { ask: { state: '' | 'mismatch' | 'removed' }; answer: null };
}

export type AskName = keyof Asks;
export type Ask = { [K in AskName]: { ask: K } & Asks[K]['ask'] }[AskName];
export type Answer<K extends AskName> = { ok: true; answer: Asks[K]['answer'] } | { ok: false; error: string };

/** Of these the engine answers; the rest is the background's own. */
export type EngineAskName = 'score' | 'explain' | 'whatIf' | 'bundle';
export type EngineAsk = Extract<Ask, { ask: EngineAskName }>;

/** Asked of a content script, by the popup, the options page and the background. */
export type PageAsk =
  /** The settings are others now. */
  | { page: 'settings' }
  | { page: 'tickets' }
  | { page: 'reveal'; id: string }
  | { page: 'examine' }
  | { page: 'pick'; what: string };

/** What a content script knows of its page. */
export interface PageReport {
  kind: 'elsewhere' | 'ticket' | 'list' | 'mismatch';
  missing: string[];
  givenUp: boolean;
  tickets: ({ ticket: PageTicket } & Pick<ScoredTicket, 'probability' | 'value' | 'shown'>)[];
  thresholds: Thresholds | null;
}

/** The language of the browser itself. */
export const uiLanguage = (): string => chrome.i18n.getUILanguage();

const quoted = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';

/** None instead of that of a worker that was being stopped: "No SW" is what Chromium then says to whatever it calls. */
const heard = <K extends AskName>(answer: Answer<K> | undefined): Answer<K> | undefined => (answer && !answer.ok && answer.error === 'No SW' ? undefined : answer);

/**
 * Asks the background. It may be stopped while it answers: one more try wakes it again.
 *
 * @throws Error with one line that can be shown
 */
export async function ask<K extends AskName>(name: K, rest: Asks[K]['ask']): Promise<Asks[K]['answer']> {
  const message = { ask: name, ...rest };
  let answer: Answer<K> | undefined;
  try {
    answer = heard((await chrome.runtime.sendMessage(message)) as Answer<K> | undefined);
  } catch {
    answer = undefined;
  }
  if (!answer) {
    try {
      answer = heard((await chrome.runtime.sendMessage(message)) as Answer<K> | undefined);
    } catch (error) {
      throw new Error(`${sayings(uiLanguage()).noAnswer} (${quoted(error)})`);
    }
  }
  if (!answer) throw new Error(sayings(uiLanguage()).noAnswer);
  if (!answer.ok) throw new Error(answer.error);
  return answer.answer;
}

export const failed = (error: unknown): { ok: false; error: string } => ({ ok: false, error: quoted(error) });
