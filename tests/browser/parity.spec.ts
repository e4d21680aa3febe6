import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type * as client from '../../www/client/index.ts';
import type { Queue } from '../../www/demo/queue.ts';
import { bellwether, bundle, elementsPage, pkg, sample } from './places.ts';

test('native and browser give the same probability to 1e-6', async ({ page }) => {
  test.skip(!existsSync(bellwether), 'the command line is not built');
  test.setTimeout(120_000);
  const queue = JSON.parse(readFileSync(join(pkg, 'demo/queue.json'), 'utf8')) as Queue;
  const ids = queue.tickets.map(({ row }) => String(row['ticket_id']));

  const rows = join(mkdtempSync(join(tmpdir(), 'bellwether-')), 'rows.csv');
  writeFileSync(rows, ['entity,anchor', ...ids.map((id) => `${id},${queue.as_of}`), ''].join('\n'));
  const predictions = execFileSync(bellwether, ['predict', bundle, '--data', sample, '--rows', rows], { encoding: 'utf8' });
  const native = new Map(predictions.trim().split('\n').slice(1).map((line) => [line.split(',')[0], Number(line.split(',')[2])]));

  await page.goto(elementsPage);
  const browser = await page.evaluate(async ({ as_of, tickets }) => {
    const address = '/pkg/client.js';
    const { open } = (await import(address)) as typeof client;
    const bellwether = await open('/pkg/demo/bundle/');
    const asOf = { now: Date.parse(as_of) };
    const probabilities = await bellwether.score(tickets.map(({ row }) => row), asOf);
    const card = await bellwether.explain(tickets[0]?.row ?? {}, asOf);
    bellwether.close();
    return { where: bellwether.where, probabilities: Array.from(probabilities), card };
  }, queue);

  expect(browser.where).toBe('worker');
  expect(browser.probabilities).toHaveLength(ids.length);
  for (const [index, id] of ids.entries()) {
    expect(Math.abs((browser.probabilities[index] ?? NaN) - (native.get(id) ?? NaN)), id).toBeLessThanOrEqual(1e-6);
  }
  const { card } = browser;
  expect(card.probability).toBeCloseTo(browser.probabilities[0] ?? NaN, 6);
  const sum = card.contributions.reduce((total, { contribution }) => total + contribution, card.base_log_odds);
  expect(sum).toBeCloseTo(card.log_odds ?? NaN, 4);
});
