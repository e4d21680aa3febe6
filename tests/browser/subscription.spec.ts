import { expect, test } from '@playwright/test';
import { Subscriptions } from '../../www/client/subscription.ts';
import type { ScoreChange } from '../../www/client/subscription.ts';

/** A queue of two tickets whose risk is `risk.now`, with what the listener heard. */
function start(options: { everyMs?: number } = {}) {
  const risk = { now: 0.1, runs: 0 };
  const heard: ScoreChange[] = [];
  const subscriptions = new Subscriptions(async ({ rows }) => {
    risk.runs++;
    await new Promise((resolve) => setTimeout(resolve, 5));
    return new Float64Array(rows).fill(risk.now);
  }, 'id');
  let time = 0;
  const subscription = subscriptions.add([{ id: 'A' }, { id: 'B' }], (change) => heard.push(change), { everyMs: 0, clock: () => (time += 1000), ...options });
  return { risk, heard, subscriptions, subscription };
}

test('the listener is told at once, and again when events came', async () => {
  const { risk, heard, subscriptions, subscription } = start();
  await subscription.refresh();
  risk.now = 0.8;
  subscriptions.eventsCame();
  await subscription.refresh();
  expect(heard[0]?.because).toBe('start');
  expect(heard.some(({ because, moved }) => because === 'events' && moved.length === 2)).toBe(true);
  expect(subscription.history('A').map(({ probability }) => probability)).toEqual([0.1, 0.8]);
});

test('many events that come together are answered by one more scoring', async () => {
  const { risk, subscriptions, subscription } = start();
  for (let event = 0; event < 50; event++) subscriptions.eventsCame();
  await subscription.refresh();
  expect(risk.runs).toBe(2);
});

test('scores follow time by themselves', async () => {
  const { heard, subscription } = start({ everyMs: 20 });
  await expect.poll(() => heard.filter(({ because }) => because === 'time').length).toBeGreaterThan(2);
  subscription.close();
  const { length } = heard;
  await new Promise((resolve) => setTimeout(resolve, 80));
  expect(heard).toHaveLength(length);
});

test('a ticket that stays keeps its history when the queue changes', async () => {
  const { risk, subscription } = start();
  await subscription.refresh();
  risk.now = 0.5;
  subscription.update([{ id: 'B' }, { id: 'C' }]);
  await subscription.refresh();
  expect(subscription.history('B').map(({ probability }) => probability)).toEqual([0.1, 0.5]);
  expect(subscription.history('A')).toEqual([]);
  expect(subscription.history('C').map(({ probability }) => probability)).toEqual([0.5]);
});

test('a scoring that fails is told, and the next one goes on', async () => {
  const errors: string[] = [];
  let fail = true;
  const subscriptions = new Subscriptions(async ({ rows }) => {
    if (fail) throw new Error('no engine');
    return new Float64Array(rows);
  }, 'id');
  let told = 0;
  const subscription = subscriptions.add([{ id: 'A' }], () => told++, { everyMs: 0, onError: ({ message }) => errors.push(message) });
  await subscription.refresh();
  fail = false;
  await subscription.refresh();
  expect([errors.at(0), told]).toEqual(['no engine', 1]);
});
