import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import puppeteer from 'puppeteer-core';
import type { Browser, Page } from 'puppeteer-core';
import { pkg, root } from '../places.ts';
import { predicted } from './ask.ts';
import { deskSettings } from './browser.ts';
import { desk, numberOf, plain, strict } from './desk.ts';

test.describe.configure({ mode: 'serial' });

const id = 'bellwether@bellwether.example';
const numbers = desk.tickets.map(({ ticket_id }) => numberOf(ticket_id));
let firefox: Browser;
let page: Page;

/**
 * No driver may enter an extension's own pages in Firefox, so the settings come as an administrator's do (managed storage), and
 * the loopback is among the rights that the copy is installed with.
 */
test.beforeAll(async () => {
  const home = mkdtempSync(join(tmpdir(), 'bellwether-firefox-'));
  const managed = join(home, '.mozilla/managed-storage');
  mkdirSync(managed, { recursive: true });
  writeFileSync(join(managed, `${id}.json`), JSON.stringify({ name: id, description: 'Bellwether', type: 'storage', data: deskSettings }));
  const at = join(home, 'extension');
  cpSync(join(pkg, 'extension/firefox'), at, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(at, 'manifest.json'), 'utf8')) as object;
  writeFileSync(join(at, 'manifest.json'), JSON.stringify({ ...manifest, host_permissions: ['http://127.0.0.1/*'] }));
  firefox = await puppeteer.launch({
    browser: 'firefox',
    executablePath: process.env['FIREFOX'] ?? '/usr/bin/firefox-esr',
    headless: true,
    env: { ...process.env, HOME: home },
    extraPrefsFirefox: { 'xpinstall.signatures.required': false },
  });
  await firefox.installExtension(at);
  page = await firefox.newPage();
  await page.setViewport({ width: 1280, height: 900 });
});
test.afterAll(() => firefox?.close());

interface Remote {
  value?: { shadowRoot?: Remote | null; children?: Remote[]; nodeValue?: string; localName?: string; attributes?: Record<string, string> } | Remote[];
}

/** The words and the exact figure of everything drawn, which the driver sees past the closed roots. */
async function drawn(): Promise<{ words: string; exact: number }[]> {
  const { connection } = firefox as unknown as { connection: { send(method: string, params: object): Promise<{ result: { result: Remote } }> } };
  const { result } = await connection.send('script.evaluate', {
    expression: `[...document.querySelectorAll('[style*="important"]:empty')]`,
    target: { context: (page.mainFrame() as unknown as { _id: string })._id },
    awaitPromise: false,
    serializationOptions: { maxDomDepth: 30, includeShadowTree: 'all' },
  });
  return (result.result.value as Remote[]).map((node) => ({ words: words(node).replace(/\s+/g, ' ').trim(), exact: exact(node) }));
}

const parts = ({ value }: Remote): Remote[] => (value && !Array.isArray(value) ? [...(value.shadowRoot ? [value.shadowRoot] : []), ...(value.children ?? [])] : []);
const words = (node: Remote): string => (node.value && !Array.isArray(node.value) && node.value.localName !== 'style' ? (node.value.nodeValue ?? '') + parts(node).map(words).join('') : node.value && !Array.isArray(node.value) ? '' : '');

function exact(node: Remote): number {
  const title = node.value && !Array.isArray(node.value) ? /^([\d.]+)\u00a0%$/.exec(node.value.attributes?.['title'] ?? '')?.[1] : undefined;
  if (title !== undefined) return Number(title);
  return parts(node).map(exact).find((value) => !Number.isNaN(value)) ?? NaN;
}

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
