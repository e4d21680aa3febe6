import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { Browser, Page } from 'puppeteer-core';
import { pkg, root } from '../places.ts';
import { predicted } from './ask.ts';
import { deskSettings } from './browser.ts';
import { bundleAddress, desk, numberOf, plain, strict } from './desk.ts';
import { drawnIn, id, inOptions, launchedFirefox } from './firefox.ts';

test.describe.configure({ mode: 'serial' });

const numbers = desk.tickets.map(({ ticket_id }) => numberOf(ticket_id));
let firefox: Browser;
let page: Page;

/** The settings come as an administrator's do (managed storage), and the loopback is among the rights that the copy is installed with. */
test.beforeAll(async () => {
  const home = mkdtempSync(join(tmpdir(), 'bellwether-firefox-'));
  const managed = join(home, '.mozilla/managed-storage');
  mkdirSync(managed, { recursive: true });
  writeFileSync(join(managed, `${id}.json`), JSON.stringify({ name: id, description: 'Bellwether', type: 'storage', data: deskSettings }));
  const at = join(home, 'extension');
  cpSync(join(pkg, 'extension/firefox'), at, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(at, 'manifest.json'), 'utf8')) as object;
  writeFileSync(join(at, 'manifest.json'), JSON.stringify({ ...manifest, host_permissions: ['http://127.0.0.1/*'] }));
  firefox = await launchedFirefox(at, home);
  page = await firefox.newPage();
  await page.setViewport({ width: 1280, height: 900 });
});
test.afterAll(() => firefox?.close());

const drawn = (): ReturnType<typeof drawnIn> => drawnIn(firefox, page);

test('Firefox: badges on the list and a card on the ticket, the command line’s answers, also under a strict policy', async () => {
  const expected = predicted();
  const out = join(root, '.cache/look');
  mkdirSync(out, { recursive: true });
  await page.goto(`${plain}/tickets/`);
  await page.type('input[name=username]', 'agent');
  await page.type('input[name=password]', 'agent');
  await Promise.all([page.waitForNavigation(), page.click('form button[type=submit], form input[type=submit]')]);

  await page.goto(`${plain}/tickets/`);
  await expect.poll(async () => (await drawn()).filter(({ exact }) => !Number.isNaN(exact)).length, { timeout: 40_000 }).toBeGreaterThan(20);
  const rows = await page.evaluate(() => [...document.querySelectorAll('.tickettitle a')].map((link) => /\/tickets\/(\d+)\//.exec(link.getAttribute('href') ?? '')?.[1] ?? ''));
  const badges = await drawn();
  expect(badges).toHaveLength(rows.length);
  for (const [place, { exact }] of badges.entries()) expect(exact).toBe(Number(((expected.get(rows[place] ?? '') ?? NaN) * 100).toFixed(2)));
  await page.screenshot({ path: join(out, 'firefox-list.png') });

  for (const [name, address, number] of [['ticket', plain, numbers[0]], ['strict', strict, numbers[1]]] as const) {
    await page.goto(`${address}/tickets/${number}/`);
    await expect.poll(async () => (await drawn())[0]?.words ?? '', { timeout: 40_000 }).toContain('likely to escalate within 48');
    const [card] = await drawn();
    expect(card?.exact).toBe(Number(((expected.get(number ?? '') ?? NaN) * 100).toFixed(2)));
    expect(card?.words).toContain('Why');
    await page.screenshot({ path: join(out, `firefox-${name}.png`) });
  }
});

async function signInTo(page: Page): Promise<void> {
  await page.goto(`${plain}/tickets/`);
  await page.type('input[name=username]', 'agent');
  await page.type('input[name=password]', 'agent');
  await Promise.all([page.waitForNavigation(), page.click('form button[type=submit], form input[type=submit]')]);
  await page.goto(`${plain}/tickets/`);
}

test('Firefox: the built extension is granted one host in its options, and it is taken back', async () => {
  test.setTimeout(180_000);
  const expected = predicted();
  const own = await launchedFirefox(join(pkg, 'extension/firefox'), mkdtempSync(join(tmpdir(), 'bellwether-firefox-')));
  try {
    const page = await own.newPage();
    await page.setViewport({ width: 1280, height: 900 });
    await signInTo(page);
    await page.waitForSelector('.tickettitle a');
    expect(await drawnIn(own, page)).toEqual([]);
    const until = (condition: string): string => `for (let tries = 0; tries < 200 && !(${condition}); tries++) await new Promise((resolve) => content.setTimeout(resolve, 50));`;
    const said = await inOptions(own, `
      const set = (id, value) => { document.getElementById(id).value = value; };
      set('bundle', ${JSON.stringify(bundleAddress)});
      set('key', 'TK{id:6}');
      set('values', 'priority: 1 = P1\\npriority: 2 = P2\\npriority: 3 = P3\\npriority: 4 = P4');
      set('moment', 'bundle');
      set('new-origin', ${JSON.stringify(plain)});
      set('new-helpdesk', 'django-helpdesk');
      document.getElementById('add').click();
      const said = document.getElementById('said');
      ${until(`said.textContent`)}
      const facts = document.getElementById('bundle-facts');
      ${until(`facts.textContent.includes('PREDICT') || facts.classList.contains('wrong')`)}
      return [said.textContent, document.querySelectorAll('#sites li').length, facts.textContent].join(' | ');`);
    await page.bringToFront();
    expect(said).toMatch(/^Saved\. \| 1 \| PREDICT/);
    await expect.poll(async () => (await drawnIn(own, page)).filter(({ exact }) => !Number.isNaN(exact)).length, { timeout: 40_000 }).toBeGreaterThan(20);
    await page.goto(`${plain}/tickets/${numbers[0]}/`);
    await expect.poll(async () => (await drawnIn(own, page))[0]?.exact, { timeout: 40_000 }).toBe(Number(((expected.get(numbers[0] ?? '') ?? NaN) * 100).toFixed(2)));

    const left = await inOptions(own, `
      document.getElementById('bundle').value = '';
      document.querySelector('#sites button').click();
      ${until(`!document.querySelector('#sites li')`)}
      return document.querySelectorAll('#sites li').length;`);
    await page.bringToFront();
    expect(left).toBe('0');
    await expect.poll(async () => (await drawnIn(own, page)).length).toBe(0);
    await page.reload();
    await page.waitForSelector('input[aria-label="Submitter email"]');
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect(await drawnIn(own, page)).toEqual([]);
  } finally {
    await own.close();
  }
});
