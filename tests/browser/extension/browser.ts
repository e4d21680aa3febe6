import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import type { BrowserContext, CDPSession, Page, Worker } from '@playwright/test';
import type { Settings } from '../../../www/extension/settings.ts';
import { pkg } from '../places.ts';
import { bundleAddress, plain, strict } from './desk.ts';

/** A browser with the built extension, and a way into its background. */
export interface Extended {
  context: BrowserContext;
  background(): Promise<Worker>;
  set(settings: Partial<Settings>): Promise<void>;
  close(): Promise<void>;
}

export const deskSettings: Partial<Settings> = {
  bundle: bundleAddress,
  sites: [plain, strict].map((origin) => ({ origin, helpdesk: 'django-helpdesk' })),
  mapping: {
    key: 'TK{id:6}',
    columns: {},
    values: { priority: { 1: 'P1', 2: 'P2', 3: 'P3', 4: 'P4' } },
    further: [{ column: 'endpoint', at: '#content-wrapper .card:first-of-type ul.list-unstyled > li', pattern: 'Endpoint\\s*(\\S+)' }],
  },
  moment: 'bundle',
};

/** The id that Chromium gives to an extension in this folder. */
export const idOf = (folder: string): string => createHash('sha256').update(folder).digest('hex').slice(0, 32).replace(/./g, (digit) => 'abcdefghijklmnop'[Number.parseInt(digit, 16)] ?? '');

const quiet = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** Chromium with a profile of its own and the extensions of these folders. */
export const launched = (profile: string, folders: string[], options: object = {}, args: string[] = []): Promise<BrowserContext> =>
  chromium.launchPersistentContext(profile, {
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    headless: false,
    viewport: { width: 1280, height: 900 },
    ...options,
    args: [...quiet, `--disable-extensions-except=${folders.join(',')}`, `--load-extension=${folders.join(',')}`, ...args],
  });

/** The background of one of the browser's extensions, started again where it had been stopped. */
export async function backgroundOf(context: BrowserContext, folder: string): Promise<Worker> {
  const ours = (): Worker | undefined => context.serviceWorkers().find((worker) => worker.url().includes(idOf(folder)));
  return ours() ?? (await context.waitForEvent('serviceworker', { predicate: (worker) => worker.url().includes(idOf(folder)) }));
}

/**
 * Chromium with the extension as it is packed, but for one line: a test cannot answer the browser's own question for a host, so
 * the copy has the loopback's among the rights that it is installed with, as an administrator's policy would grant it.
 */
export async function extended(settings: Partial<Settings> = deskSettings, options: { colorScheme?: 'light' | 'dark'; locale?: string } = {}, args: string[] = [], beside: string[] = []): Promise<Extended> {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-extension-'));
  const at = join(folder, 'extension');
  cpSync(join(pkg, 'extension/chromium'), at, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(at, 'manifest.json'), 'utf8')) as Record<string, unknown>;
  writeFileSync(join(at, 'manifest.json'), JSON.stringify({ ...manifest, host_permissions: ['http://127.0.0.1/*'] }));
  const context = await launched(join(folder, 'profile'), [at, ...beside], options, args);
  const background = (): Promise<Worker> => backgroundOf(context, at);
  const extended: Extended = {
    context,
    background,
    async set(settings) {
      await (await background()).evaluate((settings) => chrome.storage.local.set({ settings }), settings);
      // Registering the content script follows the change.
      const wanted = settings.sites?.length ? 1 : 0;
      await (await background()).evaluate(async (wanted) => {
        for (let tries = 0; tries < 500 && (await chrome.scripting.getRegisteredContentScripts()).length !== wanted; tries++) await new Promise((resolve) => setTimeout(resolve, 20));
      }, wanted);
    },
    async close() {
      await context.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await extended.set(settings);
  return extended;
}

/** Something drawn in a closed shadow root: its words, and where its middle is. */
export interface Drawn {
  words: string;
  kind: 'badge' | 'card' | 'float';
  /** The exact probability that a badge's or a card's title tells, in percent. */
  exact: number;
  nodeId: number;
}

interface Node {
  nodeId: number;
  nodeName: string;
  nodeValue?: string;
  attributes?: string[];
  children?: Node[];
  shadowRoots?: (Node & { shadowRootType: string })[];
  contentDocument?: Node;
}

/** What the extension has drawn on a page, seen past the closed roots by the debugger. */
export async function drawn(page: Page, session?: CDPSession): Promise<Drawn[]> {
  const cdp = session ?? (await page.context().newCDPSession(page));
  const { root } = (await cdp.send('DOM.getDocument', { depth: -1, pierce: true })) as { root: Node };
  const found: Drawn[] = [];
  const visit = (node: Node): void => {
    const closed = node.shadowRoots?.find(({ shadowRootType }) => shadowRootType === 'closed');
    if (closed) {
      const words = text(closed).replace(/\s+/g, ' ').trim();
      const style = attribute(node, 'style') ?? '';
      found.push({ words, nodeId: node.nodeId, kind: node.nodeName === 'SPAN' ? 'badge' : style.includes('position: fixed') ? 'float' : 'card', exact: exact(closed) });
    }
    for (const child of [...(node.children ?? []), ...(node.contentDocument ? [node.contentDocument] : [])]) visit(child);
  };
  visit(root);
  if (!session) await cdp.detach();
  return found;
}

/** Clicks into a closed root: on the element whose words begin so. */
export async function press(page: Page, words: string): Promise<void> {
  const cdp = await page.context().newCDPSession(page);
  const { root } = (await cdp.send('DOM.getDocument', { depth: -1, pierce: true })) as { root: Node };
  const nodes: Node[] = [];
  const visit = (node: Node, inside: boolean): void => {
    if (inside && node.nodeName === 'BUTTON' && text(node).replace(/\s+/g, ' ').trim().startsWith(words)) nodes.push(node);
    for (const child of node.children ?? []) visit(child, inside);
    for (const shadow of node.shadowRoots ?? []) visit(shadow, shadow.shadowRootType === 'closed');
  };
  visit(root, false);
  const [node] = nodes;
  if (!node) throw new Error(`nothing drawn begins with ${words}`);
  // In the middle: a page's head may stick to the edge.
  const { object } = await cdp.send('DOM.resolveNode', { nodeId: node.nodeId });
  await cdp.send('Runtime.callFunctionOn', { objectId: object.objectId ?? '', functionDeclaration: "function () { this.scrollIntoView({ block: 'center', behavior: 'instant' }); }" });
  const { model } = await cdp.send('DOM.getBoxModel', { nodeId: node.nodeId });
  const [x1 = 0, y1 = 0, , , x2 = 0, y2 = 0] = model.content;
  await cdp.detach();
  await page.mouse.click((x1 + x2) / 2, (y1 + y2) / 2);
}

const text = (node: Node): string => (node.nodeName === 'STYLE' ? '' : (node.nodeName === '#text' ? (node.nodeValue ?? '') : '') + (node.children ?? []).map(text).join(''));

const attribute = ({ attributes = [] }: Node, name: string): string | undefined => attributes.find((_, place) => place % 2 === 1 && attributes[place - 1] === name);

function exact(node: Node): number {
  const title = /^([\d.,]+)\u00a0%$/.exec(attribute(node, 'title') ?? '')?.[1]?.replace(',', '.');
  if (title !== undefined && (node.nodeName === 'STRONG' || attribute(node, 'class')?.startsWith('pill'))) return Number(title);
  for (const child of node.children ?? []) {
    const found = exact(child);
    if (!Number.isNaN(found)) return found;
  }
  return NaN;
}

/** The extension's own address, and its popup over a page. */
export async function popupOver(browser: Extended, page: Page): Promise<{ base: string; popup: Page }> {
  const address = page.url();
  const [tab, base] = await (await browser.background()).evaluate(async (address) => [(await chrome.tabs.query({})).find(({ url }) => url === address)?.id, chrome.runtime.getURL('')] as const, address);
  const popup = await browser.context.newPage();
  await popup.goto(`${base}popup.html?tab=${tab}`);
  return { base, popup };
}
