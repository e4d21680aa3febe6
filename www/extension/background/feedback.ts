import { keepFeedback } from '../../client/feedback.ts';
import type { FeedbackEntry } from '../../client/feedback.ts';
import type { Ask } from '../messages.ts';

/** What the reader says of scores, in the extension's own storage, which no page reaches. Asks are answered in order. */
let turn: Promise<unknown> = Promise.resolve();

export function answerFeedback(ask: Extract<Ask, { ask: 'feedback' }>): Promise<FeedbackEntry | null> {
  const next = turn.then(() => run(ask));
  turn = next.catch(() => undefined);
  return next;
}

async function run({ entity, entry, withdraw }: Extract<Ask, { ask: 'feedback' }>): Promise<FeedbackEntry | null> {
  const { feedback: stored } = (await chrome.storage.local.get('feedback')) as { feedback?: string };
  let text = typeof stored === 'string' ? stored : '';
  const kept = keepFeedback({ getItem: () => text, setItem: (_, value) => (text = value) });
  if (entry) kept.give({ ...entry, entity });
  if (withdraw) kept.withdraw(entity);
  if (entry || withdraw) await chrome.storage.local.set({ feedback: text });
  return kept.of(entity) ?? null;
}
