import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { parse } from 'csv-parse/sync';
import type { Page } from '@playwright/test';
import { bellwether, elementsPort } from '../places.ts';
import { report } from './ask.ts';
import { drawn, extended, popupOver } from './browser.ts';
import type { Extended } from './browser.ts';

test.describe.configure({ mode: 'serial' });

const origin = 'http://127.0.0.1:9996';
const port = elementsPort + 19;
const folder = mkdtempSync(join(tmpdir(), 'bellwether-number-'));
const [data, bundle] = [join(folder, 'data'), join(folder, 'bundle')];
let server: ChildProcess;
let browser: Extended;
let page: Page;
let expected: Map<string, number>;

interface Ticket {
  ticket_id: string;
  subject: string;
  description: string;
  created_at: string;
}

const run = (...args: string[]): string => execFileSync(bellwether, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

/** A small desk, and a bundle that answers with hours. */
test.beforeAll(async () => {
  run('sample', data, '--tickets', '1000', '--seed', '5');
  run('train', data, '--query', 'PREDICT tickets.resolution_hours FOR EACH tickets.ticket_id', '--until', '2025-12-20', '--seed', '1', '--out', bundle);
  const { built_at } = JSON.parse(readFileSync(join(bundle, 'manifest.json'), 'utf8')) as { built_at: string };
  // Those of the bundle's last days: their rows are in its directory, but for the free text, which is on the page.
  const recent = (parse(readFileSync(join(data, 'tickets.csv')), { columns: true }) as Ticket[]).filter(({ created_at }) => created_at > '2025-12-10' && created_at < '2025-12-20').slice(0, 5);
  const rows = join(folder, 'rows.csv');
  writeFileSync(rows, ['entity,anchor', ...recent.map(({ ticket_id }) => `${ticket_id},${built_at}`), ''].join('\n'));
  expected = new Map(run('predict', bundle, '--data', data, '--rows', rows).trim().split('\n').slice(1).map((line) => [line.split(',')[0] ?? '', Number(line.split(',')[2])]));
  server = spawn(bellwether, ['serve', bundle, '--port', String(port)], { stdio: 'ignore' });
  await expect.poll(() => fetch(`http://127.0.0.1:${port}/manifest.json`).then(({ ok }) => ok, () => false)).toBe(true);

  browser = await extended({
    bundle: `http://127.0.0.1:${port}/`,
    sites: [{ origin, helpdesk: 'custom' }],
    custom: { ticketAddress: '/case/{id}', fields: { subject: 'h1', description: 'p' }, cardAfter: 'h1', row: 'li', rowFields: { id: 'a', subject: 'a', description: 'p' } },
    moment: 'bundle',
  });
  page = browser.context.pages()[0] ?? (await browser.context.newPage());
  await page.route(`${origin}/**`, (route) => {
    const number = /\/case\/(\w+)/.exec(route.request().url())?.[1];
    const ticket = recent.find(({ ticket_id }) => ticket_id === number);
    const body = ticket ? `<h1>${ticket.subject}</h1><p>${ticket.description}</p>` : `<ul>${recent.map(({ ticket_id, subject, description }) => `<li><a href="/case/${ticket_id}">${subject}</a><p>${description}</p></li>`).join('')}</ul>`;
    return route.fulfill({ contentType: 'text/html', body: `<!doctype html><html lang="en"><title>Own</title><body style="background:#fff">${body}</body></html>` });
  });
});
test.afterAll(async () => {
  await browser?.close();
  server?.kill();
  rmSync(folder, { recursive: true, force: true });
});

test('where the bundle answers with a number, badges, card and popup say it, in its unit, as the command line does', async () => {
  await page.goto(`${origin}/cases`);
  await expect.poll(async () => (await report(browser, page))?.tickets.filter(({ shown }) => shown !== null).length).toBe(expected.size);
  const { tickets = [] } = (await report(browser, page)) ?? {};
  for (const { ticket, value, probability } of tickets) {
    expect(Math.abs((value ?? NaN) - (expected.get(ticket.fields.id ?? '') ?? NaN))).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(value ?? 0)));
    expect(probability).toBeNull();
  }
  const badges = await drawn(page);
  expect(badges.map(({ words }) => words)).toEqual(tickets.map(({ shown }) => shown));
  for (const { words } of badges) expect(words).toMatch(/\d/);

  const { popup } = await popupOver(browser, page);
  const largest = tickets.reduce((best, one) => ((one.value ?? 0) > (best.value ?? 0) ? one : best));
  await expect(popup.locator('#numbers strong').first()).toHaveText(largest.shown ?? '');
  await expect(popup.locator('#numbers li')).toHaveCount(tickets.length);
  await popup.close();

  await page.goto(`${origin}/case/${tickets[0]?.ticket.fields.id}`);
  await expect.poll(async () => (await drawn(page))[0]?.words ?? '').toContain(tickets[0]?.shown ?? '-');
});
