import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type * as client from '../../www/client/index.ts';
import { hostile } from './fixtures/cards.ts';
import { bellwether, elementsPort } from './places.ts';

/** Words that a script-looking cell is made of; what is meant by a column stays the same, so that a model can be learnt. */
const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;
const text = new Set(['subject', 'description', 'name', 'csm', 'email', 'role', 'specialty', 'category', 'endpoint', 'version', 'event_type', 'details', 'plan', 'tier']);

/** A small helpdesk in which every text, category and key is script-looking. */
function hostileDesk(folder: string): void {
  execFileSync(bellwether, ['sample', folder, '--tickets', '1500', '--seed', '5']);
  for (const file of readdirSync(folder)) {
    if (!file.endsWith('.csv') || file === 'truth.csv') continue;
    const [head = '', ...lines] = readFileSync(join(folder, file), 'utf8').trim().split('\n');
    const columns = head.split(',');
    const spoilt = lines.map((line) =>
      cells(line)
        .map((cell, place) => {
          const column = columns[place] ?? '';
          const mark = column === 'details' ? cell.replace(/: (.*)$/, (_, value: string) => `: ${hostile}${value}`) : `${hostile}${cell}`;
          return cell && (text.has(column) || column.endsWith('_id')) ? quoted(mark) : quoted(cell);
        })
        .join(','),
    );
    writeFileSync(join(folder, file), [head, ...spoilt, ''].join('\n'));
  }
  // The tiers are ordered by name in the schema file: without one they are read as they stand.
  const schema = readFileSync(join(folder, 'schema.toml'), 'utf8');
  writeFileSync(join(folder, 'schema.toml'), schema.replace(/tier = \{.*\}/, 'tier = { type = "category" }'));
}

/** The cells of a CSV line. */
function cells(line: string): string[] {
  return Array.from(line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g), ([, inner, plain]) => inner?.replaceAll('""', '"') ?? plain ?? '');
}

test('script-looking text in every field of every table is shown as text, under enforced Trusted Types', async ({ page }) => {
  test.setTimeout(180_000);
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-hostile-'));
  const [desk, bundle] = [join(folder, 'desk'), join(folder, 'bundle')];
  hostileDesk(desk);
  const query = 'PREDICT BOOL(TICKETS.ESCALATED_TO_ENG, 0, 48, hours) FOR EACH TICKETS.TICKET_ID';
  execFileSync(bellwether, ['train', desk, '--query', query, '--out', bundle], { stdio: 'pipe' });
  const [head = '', ...lines] = readFileSync(join(desk, 'tickets.csv'), 'utf8').trim().split('\n');
  const columns = head.split(',');
  const tickets = lines.slice(-40).map((line) => Object.fromEntries(cells(line).map((cell, place) => [columns[place] ?? '', cell || null])));
  await page.route('**/bundle/**', (route) => route.fulfill({ body: readFileSync(join(bundle, new URL(route.request().url()).pathname.replace('/bundle/', ''))) }));

  const complaints: string[] = [];
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`http://127.0.0.1:${elementsPort}/fixtures/hostile.html`);
  const where = await page.evaluate(async (tickets) => {
    const address = '/pkg/client.js';
    const { bandOf, open } = (await import(address)) as typeof client;
    const bellwether = await open('/bundle/');
    const now = { now: Date.parse(bellwether.manifest.built_at) };
    const probabilities = await bellwether.score(tickets, now);
    const cards = await Promise.all(tickets.map((ticket) => bellwether.explain(ticket, now)));
    const richest = cards.reduce((best, card) => (card.reasons.length + card.agents.length + (card.what_if?.length ?? 0) > best.reasons.length + best.agents.length + (best.what_if?.length ?? 0) ? card : best));
    const board = Object.assign(document.createElement('bellwether-board'), {
      heading: String(tickets[0]?.['subject']),
      rows: tickets.map((ticket, place) => ({
        id: String(ticket['ticket_id']), title: String(ticket['subject']), detail: String(ticket['account_id']),
        probability: probabilities[place] ?? NaN, band: bandOf(probabilities[place] ?? NaN, bellwether.manifest.thresholds), note: String(ticket['category']),
      })),
    });
    const card = Object.assign(document.createElement('bellwether-card'), { card: richest, heading: richest.entity, now: now.now });
    document.getElementById('here')?.replaceChildren(board, card);
    return bellwether.where;
  }, tickets);
  expect(where).toBe('worker');

  const card = page.locator('bellwether-card');
  await expect(page.locator('[role=option]').first()).toContainText(hostile);
  await expect(card.locator('.top')).toContainText(hostile);
  await expect(card.locator('[part=agent]').first()).toContainText(hostile);
  for (const reason of await card.locator('button.reason').all()) await reason.click();
  await expect(card).toContainText(hostile.slice(0, 20));
  await expect(page.locator('bellwether-board img, bellwether-card img, bellwether-board script, bellwether-card script')).toHaveCount(0);
  expect(await page.evaluate(() => 'ran' in window)).toBe(false);
  expect(await page.evaluate(() => { try { document.body.innerHTML = '<b>x</b>'; return 'not enforced'; } catch { return 'enforced'; } })).toBe('enforced');
  expect(complaints.filter((line) => !line.includes('requires \'TrustedHTML\''))).toEqual([]);
});
