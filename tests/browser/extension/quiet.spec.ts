import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { bundle } from '../places.ts';
import { scored } from './ask.ts';
import { drawn, extended } from './browser.ts';
import { bundleAddress, desk, numberOf, plain, signIn } from './desk.ts';

interface NetLog {
  constants: { logEventTypes: Record<string, number> };
  events: { type: number; source: { id: number }; params?: { url?: string; initiator?: string; method?: string; bytes?: string } }[];
}

test('with every request of the browser recorded, the extension asks for the bundle’s own files and for nothing else', async () => {
  const log = join(tmpdir(), `bellwether-net-${process.pid}.json`);
  const browser = await extended(undefined, {}, [`--log-net-log=${log}`, '--net-log-capture-mode=Everything']);
  const page = browser.context.pages()[0] ?? (await browser.context.newPage());
  await signIn(page, plain);
  const before = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
  await page.goto(`${plain}/tickets/`);
  await scored(browser, page);
  for (const { ticket_id } of desk.tickets.slice(0, 3)) {
    await page.goto(`${plain}/tickets/${numberOf(ticket_id)}/`);
    await scored(browser, page);
  }
  expect((await drawn(page)).length).toBe(1);
  // Nothing is put into the page's own storage, and no ticket into the extension's.
  const after = await page.evaluate(async () => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, (await indexedDB.databases()).length, (await caches.keys()).length]));
  expect(after).not.toMatch(/bellwether/i);
  expect(before).not.toMatch(/bellwether/i);
  const stored = await (await browser.background()).evaluate(async () => JSON.stringify([await chrome.storage.local.get(), await chrome.storage.session.get(), await chrome.storage.sync.get(), (await indexedDB.databases()).length, await caches.keys()]));
  const words = desk.tickets.slice(0, 3).flatMap((ticket) => [String(ticket['subject']), String(ticket['description']).slice(0, 40)]);
  for (const said of words) expect(stored).not.toContain(said);
  await browser.close();

  const text = readFileSync(log, 'utf8');
  const { constants, events } = JSON.parse(text.trim().endsWith('}') ? text : `${text.trim().replace(/,$/, '')}]}`) as NetLog;
  const start = constants.logEventTypes['URL_REQUEST_START_JOB'];
  const requests = events.filter(({ type, params }) => type === start && params?.url?.startsWith('http'));
  const ours = requests.filter(({ params }) => params?.initiator?.startsWith('chrome-extension://'));
  const { files } = JSON.parse(readFileSync(join(bundle, 'manifest.json'), 'utf8')) as { files: Record<string, { path: string }> };
  const allowed = new Set(['manifest.json', ...Object.values(files).map(({ path }) => path)].map((path) => `${bundleAddress}${path}`));
  expect(ours.length).toBeGreaterThanOrEqual(allowed.size);
  expect(ours.filter(({ params }) => params?.method !== 'GET' || !allowed.has(params.url ?? ''))).toEqual([]);
  // Nor does a page go anywhere but to the helpdesk. What has no initiator is the browser's own.
  const elsewhere = requests.filter(({ params }) => /^https?:/.test(params?.initiator ?? '')).map(({ params }) => params?.url ?? '');
  expect(elsewhere.length).toBeGreaterThan(0);
  expect(elsewhere.filter((url) => !url.startsWith(`${plain}/`))).toEqual([]);
  // No address holds a ticket's words.
  for (const url of requests.map(({ params }) => decodeURIComponent(params?.url ?? ''))) for (const said of words) expect(url).not.toContain(said);
});
