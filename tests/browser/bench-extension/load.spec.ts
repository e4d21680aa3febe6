// What the extension costs a page's load: paired loads of the same pages in one browser, in turns and in chance order, without
// any extension's script on them, with that of an extension that does nothing, and with ours.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { report } from '../extension/ask.ts';
import { backgroundOf, deskSettings, drawn, extended } from '../extension/browser.ts';
import type { Extended } from '../extension/browser.ts';
import { desk, numberOf, plain, signIn } from '../extension/desk.ts';

const rounds = Number(process.env['ROUNDS'] ?? 30);
const arms = ['without', 'empty', 'ours'] as const;
const measures = ['ready', 'load'] as const;
type Arm = (typeof arms)[number];
type Load = Record<(typeof measures)[number], number>;

const control = mkdtempSync(join(tmpdir(), 'bellwether-empty-'));
writeFileSync(join(control, 'manifest.json'), JSON.stringify({ manifest_version: 3, name: 'Empty', version: '1', permissions: ['scripting'], host_permissions: ['http://127.0.0.1/*'], background: { service_worker: 'background.js' } }));
writeFileSync(join(control, 'background.js'), 'chrome.runtime.onInstalled.addListener(() => undefined);');
writeFileSync(join(control, 'content.js'), '0;');

const middle = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] ?? NaN) + (sorted[sorted.length >> 1] ?? NaN)) / 2;
};

/** The middle 95 % of the medians of samples drawn with repetition; the seed is fixed. */
function interval(values: readonly number[]): [number, number] {
  let state = 1;
  const chance = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const medians = Array.from({ length: 4000 }, () => middle(values.map(() => values[Math.floor(chance() * values.length)] ?? NaN))).sort((a, b) => a - b);
  return [medians[100] ?? NaN, medians[3900] ?? NaN];
}

async function choose(browser: Extended, arm: Arm, page: Page): Promise<void> {
  await browser.set({ ...deskSettings, ...(arm !== 'ours' && { sites: [] }) });
  await (await backgroundOf(browser.context, control)).evaluate(async (on) => {
    await chrome.scripting.unregisterContentScripts();
    if (on) await chrome.scripting.registerContentScripts([{ id: 'empty', js: ['content.js'], matches: ['http://127.0.0.1/*'], runAt: 'document_start' }]);
  }, arm === 'empty');
  await page.waitForTimeout(300);
}

async function load(page: Page, address: string): Promise<Load> {
  await page.goto('about:blank');
  await page.waitForTimeout(150);
  await page.goto(address, { waitUntil: 'load' });
  await page.waitForTimeout(800);
  return page.evaluate(() => {
    const [entry] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    const since = entry?.responseEnd ?? NaN;
    return { ready: (entry?.domContentLoadedEventEnd ?? NaN) - since, load: (entry?.loadEventEnd ?? NaN) - since };
  });
}

for (const [what, address] of [['a list', `${plain}/tickets/`], ['a ticket', `${plain}/tickets/${numberOf(desk.tickets[0]?.['ticket_id'])}/`]] as const) {
  test(`${what} loads as fast as without the extension`, async () => {
    const browser = await extended({}, {}, [], [control]);
    // Not the first page: the options open there after the installation.
    const page = await browser.context.newPage();
    await signIn(page, plain);
    const loads: Record<Arm, Load[]> = { without: [], empty: [], ours: [] };
    for (let round = -2; round < rounds; round++) {
      for (const arm of arms.map((arm) => ({ arm, at: Math.random() })).sort((a, b) => a.at - b.at).map(({ arm }) => arm)) {
        await choose(browser, arm, page);
        const took = await load(page, address);
        // The first rounds fill the caches.
        if (round >= 0) loads[arm].push(took);
        // What is meant to run does, and what is not does not.
        if (round < 0) expect([(await report(browser, page)) !== undefined, (await drawn(page)).length > 0]).toEqual([arm === 'ours', arm === 'ours']);
      }
    }
    for (const measure of measures) {
      const of = (arm: Arm): number[] => loads[arm].map((load) => load[measure]);
      const over = (arm: Arm): number[] => of(arm).map((value, round) => value - (of('without')[round] ?? NaN));
      const said = (arm: Arm): string => {
        const [least, most] = interval(over(arm));
        return `${middle(over(arm)).toFixed(1)} (${least.toFixed(1)} … ${most.toFixed(1)})`;
      };
      console.log(`${what}, ${measure} event after the response, ms: ${middle(of('without')).toFixed(1)} without; paired difference of ${rounds} rounds (95 % interval): an empty extension ${said('empty')}, ours ${said('ours')}`);
    }
    // Noise both ways: what the pairs leave open has to hold nothing, or next to nothing.
    for (const measure of measures) expect(interval(loads.ours.map((load, round) => load[measure] - (loads.without[round]?.[measure] ?? NaN)))[0], measure).toBeLessThanOrEqual(5);
    await browser.close();
  });
}
