import { expect, test } from '@playwright/test';
import { keepFeedback } from '../../www/client/feedback.ts';
import type { FeedbackEntry } from '../../www/client/feedback.ts';

const entry = (entity: string, more: Partial<FeedbackEntry> = {}): FeedbackEntry => ({
  format: 1, entity, anchor: '2025-03-02T09:42:00Z', probability: 0.9, verdict: 'agree', reason: '', given_at: '2025-03-02T09:43:00Z', ...more,
});

function store(): Map<string, string> & { getItem(key: string): string | null; setItem(key: string, value: string): void } {
  const map = new Map<string, string>();
  return Object.assign(map, { getItem: (key: string) => map.get(key) ?? null, setItem: (key: string, value: string) => void map.set(key, value) });
}

test('feedback is kept by its store and read back', () => {
  const place = store();
  keepFeedback(place).give(entry('TK1', { verdict: 'disagree', expects: false, reason: 'known' }));
  expect(keepFeedback(place).of('TK1')).toEqual(entry('TK1', { verdict: 'disagree', expects: false, reason: 'known' }));
});

test('a mind can be changed, and an entry taken back', () => {
  const feedback = keepFeedback();
  feedback.give(entry('TK1'));
  feedback.give(entry('TK1', { verdict: 'disagree', expects: false }));
  expect(feedback.entries()).toHaveLength(1);
  feedback.withdraw('TK1');
  expect(feedback.of('TK1')).toBeUndefined();
});

test('a snoozed ticket sleeps until its time', () => {
  const feedback = keepFeedback();
  feedback.give(entry('TK1', { verdict: 'snooze', until: '2025-03-02T13:00:00Z' }));
  expect([...feedback.snoozed(Date.parse('2025-03-02T12:00:00Z'))]).toEqual(['TK1']);
  expect(feedback.snoozed(Date.parse('2025-03-02T13:00:00Z')).size).toBe(0);
});

test('the export is one entry a line', () => {
  const feedback = keepFeedback();
  feedback.give(entry('TK1', { reason: 'two\nlines' }));
  feedback.give(entry('TK2'));
  expect(feedback.export().trim().split('\n').map((line) => (JSON.parse(line) as FeedbackEntry).entity)).toEqual(['TK1', 'TK2']);
});

test('a store that refuses, or holds something else, does no harm', () => {
  const refusing = { getItem: () => { throw new Error('forbidden'); }, setItem: () => { throw new Error('full'); } };
  const feedback = keepFeedback(refusing);
  feedback.give(entry('TK1'));
  expect(feedback.of('TK1')?.verdict).toBe('agree');
  const place = store();
  place.setItem('bellwether:feedback', 'junk\n{"format":9}\nnull\n');
  expect(keepFeedback(place).entries()).toEqual([]);
});
