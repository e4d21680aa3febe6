import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { scored } from './ask.ts';
import { drawn, extended } from './browser.ts';
import type { Extended } from './browser.ts';
import { desk, numberOf, plain, signIn } from './desk.ts';

test.describe.configure({ mode: 'serial' });

const ticket = `${plain}/tickets/${numberOf(desk.tickets[0]?.['ticket_id'])}/`;
let browser: Extended;
let page: Page;

test.beforeAll(async () => {
  browser = await extended();
  page = browser.context.pages()[0] ?? (await browser.context.newPage());
  await signIn(page, plain);
});
test.afterAll(() => browser.close());

const flag = async (): Promise<string> => {
  const address = page.url();
  return (await browser.background()).evaluate(async (address) => {
    const tab = (await chrome.tabs.query({})).find(({ url }) => url === address);
    return chrome.action.getBadgeText({ tabId: tab?.id ?? 0 });
  }, address);
};

test('a page that removes what is drawn gets it back ten times; then it is given up, visibly', async () => {
  await page.goto(ticket);
  await scored(browser, page);
  const removals = await page.evaluate(async () => {
    let removals = 0;
    const ours = (): Element[] => [...document.querySelectorAll('[style*="important"]:empty')];
    const remove = (): void => {
      for (const one of ours()) {
        one.remove();
        removals++;
      }
    };
    remove();
    new MutationObserver(remove).observe(document.documentElement, { childList: true, subtree: true });
    await new Promise((resolve) => setTimeout(resolve, 6000));
    return removals;
  });
  expect(removals).toBeGreaterThan(8);
  expect(removals).toBeLessThan(30);
  expect(await drawn(page)).toEqual([]);
  // The page removed the notice as well; the toolbar it does not reach.
  await expect.poll(flag).toBe('!');
});

test('a page that rewrites what is drawn finds it as it was; then it is given up, and the page says so', async () => {
  await page.goto(ticket);
  await scored(browser, page);
  expect(await flag()).toBe('');
  await page.evaluate(async () => {
    for (let times = 0; times < 3; times++) {
      for (const one of document.querySelectorAll<HTMLElement>('[style*="important"]:empty')) one.style.setProperty('display', 'none', 'important');
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  });
  const [card] = await drawn(page);
  expect(card?.kind).toBe('card');
  expect(await page.evaluate(() => getComputedStyle(document.querySelector('[style*="important"]:empty') ?? document.body).display)).toBe('block');
  await page.evaluate(async () => {
    for (let times = 0; times < 12; times++) {
      for (const one of document.querySelectorAll('[style*="important"]:empty')) one.setAttribute('style', 'display: none');
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  });
  await expect.poll(async () => (await drawn(page)).map(({ words }) => words)).toEqual([expect.stringContaining('keeps removing what Bellwether draws')]);
  expect(await flag()).toBe('!');
});

test('a card that something lies over is drawn above the page; under a dialog it stays', async () => {
  await page.goto(ticket);
  await scored(browser, page);
  const cover = (attributes: string): Promise<void> =>
    page.evaluate((attributes) => {
      document.body.insertAdjacentHTML('beforeend', `<div id="cover" ${attributes} style="position:fixed;inset:0;z-index:99999;background:#fff">Nothing to see</div>`);
      document.querySelector('[style*="important"]:empty')?.scrollIntoView({ block: 'center' });
    }, attributes);
  await cover('aria-modal="true" role="dialog"');
  await page.waitForTimeout(6000);
  expect((await drawn(page))[0]?.kind).toBe('card');
  await page.evaluate(() => document.getElementById('cover')?.remove());
  await cover('');
  await expect.poll(async () => (await drawn(page))[0]?.kind, { timeout: 20_000 }).toBe('float');
});

test('a page that redefines the language and forges messages gets nothing and breaks nothing', async () => {
  const context = browser.context;
  const spoilt = await context.newPage();
  const said: string[] = [];
  spoilt.on('console', (message) => said.push(message.text()));
  await spoilt.addInitScript(() => {
    const seen: string[] = [];
    (window as unknown as { seen: string[] }).seen = seen;
    const note = (what: string) => (..._: unknown[]) => { seen.push(what); throw new Error(`${what} is mine`); };
    for (const type of ['message', 'bellwether-retry', 'bellwether-what-if', 'bellwether-feedback', 'bellwether-open']) addEventListener(type, () => seen.push(type), true);
    for (const name of ['map', 'filter', 'flatMap', 'forEach', 'entries'] as const) Object.defineProperty(Array.prototype, name, { value: note(name), configurable: true });
    Object.defineProperty(Array.prototype, Symbol.iterator, { value: note('iterator'), configurable: true });
    Object.defineProperty(window, 'customElements', { value: { define: note('define') } });
    Element.prototype.attachShadow = function (init) { seen.push(`attachShadow ${init.mode}`); throw new Error('mine'); };
    JSON.stringify = note('stringify') as never;
    Promise.prototype.then = note('then') as never;
  });
  // Served by the test: the helpdesk's own scripts would not survive this page either.
  const html = await (await page.request.get(ticket)).text();
  await spoilt.route(ticket, (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body: html.replace(/<script[\s\S]*?<\/script>/g, '') }));
  await spoilt.goto(ticket);
  await expect.poll(async () => (await drawn(spoilt))[0]?.words).toContain('likely to escalate within 48');
  // Playwright's own way into the page stumbles over what the page did to the language; the debugger's does not.
  const cdp = await context.newCDPSession(spoilt);
  const run = async (expression: string): Promise<unknown> => (await cdp.send('Runtime.evaluate', { expression, returnByValue: true })).result.value;
  await run(`
    const forged = [{ ask: 'site' }, { ask: 'explain', ticket: { fields: { id: '1' }, further: {} } }, { page: 'tickets' }, { engine: {} }];
    for (let place = 0; place < forged.length; place++) {
      window.postMessage(forged[place], '*');
      window.dispatchEvent(new MessageEvent('message', { data: forged[place], source: window }));
    }`);
  await spoilt.waitForTimeout(500);
  const seen = String(await run('seen.join()')).split(',').filter(Boolean);
  // Its own forged messages are all that it hears.
  expect(seen.filter((what) => what !== 'message')).toEqual([]);
  expect(seen).toHaveLength(8);
  // The page has no way to the extension, and none to what is drawn.
  expect(await run('typeof (window.chrome && chrome.runtime && chrome.runtime.sendMessage)')).toBe('undefined');
  expect(await run(`String(document.querySelector('[style*="important"]:empty').shadowRoot)`)).toBe('null');
  expect(said.filter((line) => /is mine|mine/.test(line) && /content/.test(line))).toEqual([]);
  await spoilt.close();
});

test('script-looking words in every field are words', async () => {
  const evil = '<img src=x onerror="window.ran=1"><script>window.ran=1</script>{{7*7}}${7*7}';
  // A number that no table has, so that the requester is looked for by what the page says, and named where nobody is found:
  // whatever the model weighs, those words are drawn.
  const unknown = `${plain}/tickets/999998/`;
  await page.route(unknown, async (route) => route.fulfill({ response: await route.fetch({ url: ticket }) }));
  await page.goto(unknown);
  await scored(browser, page);
  await page.evaluate((evil) => {
    for (const one of document.querySelectorAll('#content-wrapper h2, #content-wrapper .card-body > p, #content-wrapper .col > p')) one.textContent = evil;
    for (const one of document.querySelectorAll('input[aria-label="Submitter email"], input[name=priority]')) one.setAttribute('value', evil);
    for (const one of document.querySelectorAll('option')) one.textContent = evil;
  }, evil);
  await expect.poll(async () => (await drawn(page))[0]?.words).toContain(`user_id ${evil} is not in the tables`);
  expect(await page.evaluate(() => 'ran' in window)).toBe(false);
  await page.unroute(unknown);
});
