import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { predicted, scored } from './ask.ts';
import { deskSettings, drawn, extended } from './browser.ts';
import type { Extended } from './browser.ts';
import { desk, numberOf } from './desk.ts';

test.describe.configure({ mode: 'serial' });

const origin = 'http://127.0.0.1:9997';
const numbers = desk.tickets.slice(0, 3).map(({ ticket_id }) => numberOf(ticket_id));
let browser: Extended;
let page: Page;
let options: Page;

/** A helpdesk that no adapter knows. */
async function serve(page: Page): Promise<void> {
  await page.route(`${origin}/**`, (route) => {
    const number = /\/case\/(\d+)/.exec(route.request().url())?.[1];
    const body = number
      ? `<main class="case-page"><header class="case-head"><h1 class="case-title">Case about something</h1></header><p>From <a class="case-from" href="mailto:x@nowhere.example">X</a></p><div class="case-text">It fails.</div></main>`
      : `<ul class="cases">${numbers.map((number) => `<li class="case-row"><a class="case-link" href="/case/${number}">Case about something</a></li>`).join('')}</ul>`;
    return route.fulfill({ contentType: 'text/html', body: `<!doctype html><html lang="de"><title>Own</title><body style="background:#fff">${body}</body></html>` });
  });
}

test.beforeAll(async () => {
  browser = await extended({ ...deskSettings, sites: [{ origin, helpdesk: 'custom' }], mapping: { key: 'TK{id:6}', columns: {}, values: {}, further: [] } });
  page = browser.context.pages()[0] ?? (await browser.context.newPage());
  await serve(page);
  options = await browser.context.newPage();
});
test.afterAll(() => browser.close());

/** Presses Pick, and then on the page what is meant. */
async function pick(name: string, selector: string): Promise<void> {
  await options.bringToFront();
  await options.getByRole('button', { name: `Pick: ${name}`, exact: true }).click();
  const box = await page.locator(selector).first().boundingBox();
  await page.bringToFront();
  await page.waitForTimeout(400);
  await page.mouse.move((box?.x ?? 0) + 5, (box?.y ?? 0) + 5);
  await page.mouse.click((box?.x ?? 0) + 5, (box?.y ?? 0) + 5);
}

test('a helpdesk of one’s own is defined by picking elements on its pages', async () => {
  await page.goto(`${origin}/case/${numbers[0]}`);
  await options.goto(await (await browser.background()).evaluate(() => chrome.runtime.getURL('options.html')));
  await expect(options.locator('#sites li')).toHaveCount(1);
  await pick('Subject', '.case-title');
  await expect(options.locator('#custom-subject')).toHaveValue('h1.case-title');
  // What was pressed for picking does nothing on the page.
  await pick('Requester (address)', '.case-from');
  await expect(options.locator('#custom-requester')).toHaveValue('a.case-from');
  expect(page.url()).toBe(`${origin}/case/${numbers[0]}`);
  await options.locator('#custom-address').fill('/case/{id}');
  await options.locator('#row').fill('.case-row');
  await options.locator('#row-id').fill('.case-link');
  await options.locator('#row-subject').fill('.case-link');
  await options.getByRole('button', { name: 'Save' }).click();
  await expect(options.locator('#said')).toHaveText('Saved.');
});

test('on it lists get badges and tickets the card, in the page’s language', async () => {
  const expected = predicted();
  await page.goto(`${origin}/case/${numbers[1]}`);
  const { tickets } = await scored(browser, page);
  expect(tickets[0]?.ticket.fields).toMatchObject({ id: numbers[1], subject: 'Case about something', requester: 'x@nowhere.example' });
  expect(Math.abs((tickets[0]?.probability ?? NaN) - (expected.get(numbers[1] ?? '') ?? NaN))).toBeLessThanOrEqual(1e-6);
  const [card] = await drawn(page);
  expect(card?.kind).toBe('float');
  expect(card?.words).toContain('zu eskalieren');
  await page.goto(`${origin}/cases`);
  const list = await scored(browser, page);
  for (const { ticket, probability } of list.tickets) expect(Math.abs((probability ?? NaN) - (expected.get(ticket.fields.id ?? '') ?? NaN))).toBeLessThanOrEqual(1e-6);
  expect((await drawn(page)).map(({ kind }) => kind)).toEqual(['badge', 'badge', 'badge']);
});

test('a page that is no longer as it was defined is said not to match, on the page and on the toolbar', async () => {
  await page.unrouteAll();
  await page.route(`${origin}/**`, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><html lang="en"><h2>Another design</h2>' }));
  await page.goto(`${origin}/case/${numbers[1]}`);
  await expect.poll(async () => (await drawn(page))[0]?.words, { timeout: 20_000 }).toContain('no longer as Bellwether knows Own');
  const address = page.url();
  const text = await (await browser.background()).evaluate(async (address) => {
    const tab = (await chrome.tabs.query({})).find(({ url }) => url === address);
    return chrome.action.getBadgeText({ tabId: tab?.id ?? 0 });
  }, address);
  expect(text).toBe('!');
});
