import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { PageReport } from '../../../www/extension/messages.ts';
import { bellwether, bundle, sample } from '../places.ts';
import type { Extended } from './browser.ts';
import { desk, numberOf } from './desk.ts';

/** What the content script on a page knows, asked as the popup asks it. */
export async function report(extended: Extended, page: Page): Promise<PageReport | undefined> {
  const address = page.url();
  return (await extended.background()).evaluate(async (address) => {
    const tabs = await chrome.tabs.query({});
    const tab = tabs.find(({ url }) => url === address);
    if (tab?.id === undefined) return undefined;
    return (await chrome.tabs.sendMessage(tab.id, { page: 'tickets' }).catch(() => undefined)) as never;
  }, address);
}

/** Asks until every ticket on the page is scored. */
export async function scored(extended: Extended, page: Page, withinMs = 20_000): Promise<PageReport> {
  const until = Date.now() + withinMs;
  let last: PageReport | undefined;
  while (Date.now() < until) {
    last = await report(extended, page);
    if (last?.tickets.length && last.tickets.every(({ probability }) => probability !== null)) return last;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`not every ticket was scored: ${JSON.stringify(last)?.slice(0, 2000)}`);
}

/** What the command line says of the helpdesk's tickets as of the bundle's moment, by their number in the helpdesk. */
export function predicted(): Map<string, number> {
  const file = join(mkdtempSync(join(tmpdir(), 'bellwether-rows-')), 'rows.csv');
  writeFileSync(file, ['entity,anchor', ...desk.tickets.map(({ ticket_id }) => `${String(ticket_id)},${desk.as_of}`), ''].join('\n'));
  const text = execFileSync(bellwether, ['predict', bundle, '--data', sample, '--rows', file], { encoding: 'utf8' });
  return new Map(text.trim().split('\n').slice(1).map((line) => [numberOf(line.split(',')[0]), Number(line.split(',')[2])]));
}
