import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { predicted, scored } from './ask.ts';
import { deskSettings, drawn, extended } from './browser.ts';
import type { Extended } from './browser.ts';
import { desk, numberOf, roundup } from './desk.ts';

test.describe.configure({ mode: 'serial' });

const numbers = desk.tickets.map(({ ticket_id }) => numberOf(ticket_id));
const list = `${roundup}/issue?@columns=id,title,creator,status&@sort=id&@pagesize=50`;
let browser: Extended;
let page: Page;
let expected: Map<string, number>;

test.beforeAll(async () => {
  expected = predicted();
  browser = await extended({
    ...deskSettings,
    sites: [{ origin: roundup, helpdesk: 'roundup' }],
    mapping: { key: 'TK{id:6}', columns: {}, values: { priority: { critical: 'P1', urgent: 'P2', bug: 'P3', feature: 'P4' } }, further: [] },
  });
  page = browser.context.pages()[0] ?? (await browser.context.newPage());
});
test.afterAll(() => browser.close());

const farthest = async (): Promise<number> => Math.max(...(await scored(browser, page)).tickets.map(({ ticket, probability }) => Math.abs((probability ?? NaN) - (expected.get(ticket.fields.id ?? '') ?? NaN))));

test('Roundup: nothing is drawn before anybody signed in, though its list is open to all', async () => {
  await page.goto(list);
  await expect(page.locator('table.list a[href^="issue"]').first()).toBeAttached();
  await page.waitForTimeout(1000);
  expect(await drawn(page)).toEqual([]);
});

test('Roundup: a badge on every row of the list, equal to the command line’s answer', async () => {
  await page.locator('input[name=__login_name]').fill('agent');
  await page.locator('input[name=__login_password]').fill('agent');
  await page.locator('input[type=submit][value=Login]').click();
  await page.goto(list);
  expect(await farthest()).toBeLessThanOrEqual(1e-6);
  expect((await drawn(page)).map(({ kind }) => kind)).toEqual(numbers.map(() => 'badge'));
});

test('Roundup: a card on the ticket, with the same answer, also for a ticket that only the page knows', async () => {
  for (const number of numbers.slice(0, 3)) {
    await page.goto(`${roundup}/issue${number}`);
    expect(await farthest()).toBeLessThanOrEqual(1e-6);
    const { tickets } = await scored(browser, page);
    const ticket = desk.tickets.find(({ ticket_id }) => numberOf(ticket_id) === number);
    expect(tickets[0]?.ticket.fields).toMatchObject({ id: number, subject: String(ticket?.['subject']), category: String(ticket?.['category']), requester: desk.users[String(ticket?.['user_id'])]?.email });
    const [card, ...others] = await drawn(page);
    expect([card?.kind, others]).toEqual(['card', []]);
    expect(card?.words).toContain('likely to escalate within 48');
  }
  await page.route(`${roundup}/issue999999`, async (route) => route.fulfill({ response: await route.fetch({ url: `${roundup}/issue${numbers[0]}` }) }));
  await page.goto(`${roundup}/issue999999`);
  await scored(browser, page);
  // Its requester led to the account.
  const [card] = await drawn(page);
  expect(card?.words).toContain('TK999999');
  expect(card?.words).not.toContain('is not in the tables');
});
