import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
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

/** What the browser says of tickets by the bundle at an address. */
async function answered(page: Page, at: string, tickets: client.Row[], as_of: string): Promise<Answers & { where: string }> {
  await page.goto(elementsPage);
  return page.evaluate(
    async ({ at, as_of, tickets }) => {
      const address = '/pkg/client.js';
      const { open } = (await import(address)) as typeof client;
      const bellwether = await open(at);
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
    { at, as_of, tickets },
  );
}

/** Probabilities, contributions and hours to 1e-6, and the same agents in the same order. */
function expectAlike(browser: Answers, native: Answers, ids: string[]): void {
  const apart = (a: number | null | undefined, b: number | null | undefined): number => (a == null || b == null ? (a == b ? 0 : Infinity) : Math.abs(a - b));
  const farthest = { probability: 0, contribution: 0, hours: 0 };
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
  console.log(`${ids.length} tickets, farthest apart: ${JSON.stringify(farthest)}`);
  expect(Math.max(farthest.probability, farthest.contribution, farthest.hours)).toBeLessThanOrEqual(1e-6);
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

  const browser = await answered(page, '/pkg/demo/bundle/', tickets, desk.as_of);
  expect(browser.where).toBe('worker');
  expectAlike(browser, native, ids);
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

test('of a bundle that was refreshed after training they say the same, and each card says what it was corrected by', async ({ page }) => {
  test.setTimeout(240_000);
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-'));
  const [desk, refreshed, file] = [join(folder, 'desk'), join(folder, 'bundle'), join(folder, 'tickets.json')];
  const run = (...words: string[]): string => execFileSync(bellwether, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  run('sample', desk, '--tickets', '1500', '--seed', '3');
  const query = 'PREDICT BOOL(tickets.escalated_to_eng, 0, 48, hours) FOR EACH tickets.ticket_id';
  run('train', desk, '--query', query, '--until', '2025-09-01', '--out', refreshed);
  const { answered_since_training: since, built_at } = JSON.parse(run('refresh', refreshed, '--data', desk, '--until', '2025-12-01', '--format', 'json'));
  expect(since.rows).toBeGreaterThan(100);
  const all = parse(readFileSync(join(desk, 'tickets.csv')), { columns: true, bom: true }) as Record<string, string>[];
  const now = Date.parse(built_at);
  const tickets = all
    .filter(({ created_at = '' }) => Date.parse(created_at) <= now)
    .slice(-100)
    .map((row) => asKnown(Object.fromEntries(Object.entries(row).map(([column, cell]) => [column, cell === '' ? null : cell])), now));
  writeFileSync(file, JSON.stringify(tickets));
  const native = JSON.parse(execFileSync(parity, [refreshed, file, built_at], { encoding: 'utf8', maxBuffer: 1 << 28 })) as Answers;
  await page.route('**/refreshed/**', (route) => route.fulfill({ body: readFileSync(join(refreshed, new URL(route.request().url()).pathname.replace('/refreshed/', ''))) }));
  const browser = await answered(page, '/refreshed/', tickets, built_at);
  expectAlike(browser, native, tickets.map(({ ticket_id }) => String(ticket_id)));
  const { features } = JSON.parse(readFileSync(join(refreshed, 'manifest.json'), 'utf8')) as { features: string[] };
  for (const contributions of browser.contributions) {
    expect(contributions).toHaveLength(features.length + 1);
    expect(Math.abs(contributions.at(-1) ?? 0)).toBeGreaterThan(0);
  }
});
