import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { parse } from 'csv-parse/sync';
import type * as client from '../../www/client/index.ts';
import { asKnown } from '../../www/demo/desk-data.ts';
import type { DeskData } from '../../www/demo/desk-data.ts';
import { bellwether, bundle, elementsPage, parity, pkg, sample } from './places.ts';

const wanted = 1000;
/** What a ticket's explanation and route hold, as the browser answers. */
interface Answers {
  probabilities: (number | null)[];
  contributions: number[][];
  routed: client.Routed;
}

test('native and browser say the same of 1,000 tickets: probabilities, contributions and routes to 1e-6', async ({ page }) => {
  test.setTimeout(240_000);
  const desk = JSON.parse(readFileSync(join(pkg, 'demo/desk.json'), 'utf8')) as DeskData;
  const now = Date.parse(desk.as_of);
  const all = parse(readFileSync(join(sample, 'tickets.csv')), { columns: true, bom: true }) as Record<string, string>[];
  const tickets = all
    .filter(({ created_at = '', priority = '' }) => Date.parse(created_at) <= now && (desk.priorities?.includes(priority) ?? true))
    .slice(-wanted)
    .map((row) => asKnown(Object.fromEntries(Object.entries(row).map(([column, cell]) => [column, cell === '' ? null : cell])), now));
  expect(tickets).toHaveLength(wanted);
  const ids = tickets.map(({ ticket_id }) => String(ticket_id));

  const folder = mkdtempSync(join(tmpdir(), 'bellwether-'));
  const file = join(folder, 'tickets.json');
  writeFileSync(file, JSON.stringify(tickets));
  const native = JSON.parse(execFileSync(parity, [bundle, file, desk.as_of], { encoding: 'utf8', maxBuffer: 1 << 28 })) as Answers;

  await page.goto(elementsPage);
  const browser: Answers & { where: string } = await page.evaluate(
    async ({ as_of, tickets }) => {
      const address = '/pkg/client.js';
      const { open } = (await import(address)) as typeof client;
      const bellwether = await open('/pkg/demo/bundle/');
      const asOf = { now: Date.parse(as_of) };
      const scored = await bellwether.score(tickets, asOf);
      const cards = await Promise.all(tickets.map((ticket) => bellwether.explain(ticket, asOf)));
      const routed = await bellwether.route(tickets, asOf);
      bellwether.close();
      return {
        where: bellwether.where,
        probabilities: Array.from(scored, (value) => (Number.isNaN(value) ? null : value)),
        contributions: cards.map(({ contributions }) => contributions.map(({ contribution }) => contribution)),
        routed,
      };
    },
    { as_of: desk.as_of, tickets },
  );

  expect(browser.where).toBe('worker');
  const apart = (a: number | null | undefined, b: number | null | undefined): number => (a == null || b == null ? (a == b ? 0 : Infinity) : Math.abs(a - b));
  let farthest = { probability: 0, contribution: 0, hours: 0 };
  for (const [place] of ids.entries()) {
    farthest.probability = Math.max(farthest.probability, apart(browser.probabilities[place], native.probabilities[place]));
    for (const [feature, value] of (native.contributions[place] ?? []).entries()) {
      farthest.contribution = Math.max(farthest.contribution, apart(browser.contributions[place]?.[feature], value));
    }
    const [here, there] = [browser.routed.tickets[place], native.routed.tickets[place]];
    expect([here?.entity, here?.tier_needed, here?.assigned?.agent, here?.suggestions.map(({ agent }) => agent)]).toEqual([
      there?.entity, there?.tier_needed, there?.assigned?.agent, there?.suggestions.map(({ agent }) => agent),
    ]);
    farthest.hours = Math.max(farthest.hours, apart(here?.assigned?.hours, there?.assigned?.hours));
  }
  console.log(`1,000 tickets, farthest apart: ${JSON.stringify(farthest)}`);
  expect(Math.max(farthest.probability, farthest.contribution, farthest.hours)).toBeLessThanOrEqual(1e-6);
  expect(browser.probabilities.filter((value) => value !== null).length).toBeGreaterThan(wanted * 0.9);

  // The whole history in files says what the bundle's folded tables say.
  const rows = join(folder, 'rows.csv');
  writeFileSync(rows, ['entity,anchor', ...ids.map((id) => `${id},${desk.as_of}`), ''].join('\n'));
  const predictions = execFileSync(bellwether, ['predict', bundle, '--data', sample, '--rows', rows], { encoding: 'utf8' });
  const whole = new Map(predictions.trim().split('\n').slice(1).map((line) => [line.split(',')[0], Number(line.split(',')[2])]));
  for (const [place, id] of ids.entries()) {
    const value = browser.probabilities[place];
    if (value != null) expect(Math.abs(value - (whole.get(id) ?? NaN)), id).toBeLessThanOrEqual(1e-6);
  }
});
