import { expect, test } from '@playwright/test';
import type { Locator } from '@playwright/test';
import type { Card } from '../../www/client/card.ts';
import { critical, history, hostile, hostileCard, low, unknown } from './fixtures/cards.ts';
import { show } from './show.ts';

const now = Date.parse('2025-03-02T09:42:00Z');
const place = { now, timeZone: 'UTC', heading: 'TK301' };

test('a card says how likely, how much more than usual, and as of when', async ({ page }) => {
  const card = await show(page, 'bellwether-card', { ...place, card: critical });
  await expect(card).toContainText(/91\s% likely to escalate within 48\sh/);
  await expect(card).toContainText(/9\s× the usual\. As of 9:42\./);
  await expect(card.getByText('Critical', { exact: true })).toBeVisible();
});

test('a calm ticket is said to be below the usual', async ({ page }) => {
  const card = await show(page, 'bellwether-card', { ...place, card: low });
  await expect(card).toContainText(/3\s% likely/);
  await expect(card).toContainText('A third of the usual.');
});

test('at most five reasons are shown, each with value, side and share', async ({ page }) => {
  const card = await show(page, 'bellwether-card', { ...place, card: critical });
  const reasons = card.locator('[part=reason]');
  await expect(reasons).toHaveCount(5);
  await expect(reasons.first()).toContainText('Recurring API 500 errors');
  await expect(reasons.first()).toContainText('7 in 48 h; usually 0.4');
  await expect(reasons.first()).toContainText(/raises the risk, 32\s% of the score/);
  await expect(reasons.last()).toContainText(/lowers the risk, 8\s% of the score/);
  await expect(card).toContainText(/Everything else together\s*4\s%/);
  const [up, down] = [reasons.first().locator('i'), reasons.last().locator('i')];
  const middle = await reasons.first().locator('.bar').evaluate((bar) => bar.getBoundingClientRect().x + bar.getBoundingClientRect().width / 2);
  expect((await up.boundingBox())?.x).toBeCloseTo(middle, 0);
  expect((await down.boundingBox())?.x).toBeLessThan(middle);
});

test('a reason opens its evidence by click and by keyboard', async ({ page }) => {
  const card = await show(page, 'bellwether-card', { ...place, card: critical });
  const reason = card.getByRole('button', { name: /Recurring API 500 errors/ });
  await reason.click();
  await expect(reason).toHaveAttribute('aria-expanded', 'true');
  await expect(card.locator('[part=evidence] li')).toHaveText([/\/v2\/predict\s*1\sh ago/, /\/v2\/predict\s*30\sh ago/]);
  await reason.press('Enter');
  await expect(card.locator('[part=evidence]')).toBeHidden();
});

test('a card with not enough known claims nothing and says what is missing', async ({ page }) => {
  const card = await show(page, 'bellwether-card', { ...place, card: unknown });
  await expect(card).toContainText('Not enough is known to say.');
  await expect(card).toContainText('The account is not in the data.');
  await expect(card).not.toContainText('%');
});

test('waiting, empty and failed each have their own sentence', async ({ page }) => {
  await expect(await show(page, 'bellwether-card', { loading: true })).toContainText('Reading this ticket');
  await expect(await show(page, 'bellwether-card', {})).toContainText('Open a ticket to see how likely it is to escalate');
  const failed = await show(page, 'bellwether-card', { error: 'The bundle could not be read.' });
  await expect(failed).toContainText('The bundle could not be read.');
  const retried = failed.evaluate((element) => new Promise((resolve) => element.addEventListener('bellwether-retry', () => resolve(true))));
  await failed.getByRole('button', { name: 'Try again' }).click();
  expect(await retried).toBe(true);
});

test('script-looking text is shown as text', async ({ page }) => {
  const card = await show(page, 'bellwether-card', { ...place, heading: hostile, card: hostileCard });
  await card.getByRole('button').first().click();
  await expect(card.locator('[part=evidence] li')).toContainText(hostile);
  await expect(card.locator('[part=foot]')).toContainText(hostile);
  await expect(card.locator('img, script')).toHaveCount(0);
  expect(await page.evaluate(() => 'ran' in window)).toBe(false);
});

test('an unreadable moment is not shown as a date', async ({ page }) => {
  const card = await show(page, 'bellwether-card', { ...place, card: { ...critical, anchor: 'soon' } });
  await expect(card).toContainText(/91\s%/);
  await expect(card).not.toContainText('Invalid');
});

/** Hears events of a name from here on; gives the latest's detail. */
async function listen(element: Locator, name: string): Promise<() => Promise<unknown>> {
  const heard = await element.evaluateHandle((target, name) => {
    const details: unknown[] = [];
    target.addEventListener(name, (event) => details.push((event as CustomEvent).detail));
    return details;
  }, name);
  return async () => (await heard.jsonValue()).at(-1);
}

test('the risk over time is drawn and said', async ({ page }) => {
  const card = await show(page, 'bellwether-card', { ...place, card: critical, history });
  await expect(card.locator('[part=trend]')).toContainText('▲ 41');
  await expect(card.locator('[part=trend]')).toContainText('up 41 points since 8:10');
  await expect(await show(page, 'bellwether-card', { ...place, card: critical, history: history.slice(0, 1) })).not.toContainText('since');
});

test('an agent is assigned at a press, and the card then says so', async ({ page }) => {
  const card = await show(page, 'bellwether-card', { ...place, card: critical });
  const assigned = await listen(card, 'bellwether-assign');
  await card.getByRole('button', { name: 'Assign to Tom' }).click();
  expect(await assigned()).toMatchObject({ agent: 'AG05' });
  await card.evaluate((element) => Object.assign(element, { assigned: 'AG05' }));
  await expect(card).toContainText('Assigned to Tom');
});

test('what would change it is a choice of the model’s answers', async ({ page }) => {
  const card = await show(page, 'bellwether-card', { ...place, card: critical });
  await expect(card.locator('[part=chip]').first()).toContainText(/No API 500 errors\s+→ 34\s%/);
  await expect(card).toContainText('The model’s answer, not a promise.');
  const asked = await listen(card, 'bellwether-what-if');
  await card.locator('[part=chip]').first().click();
  expect(await asked()).toMatchObject({ label: 'No API 500 errors' });
});

test('agreeing is one press, disagreeing and putting aside ask why', async ({ page }) => {
  const card = await show(page, 'bellwether-card', { ...place, card: critical });
  const agreed = await listen(card, 'bellwether-feedback');
  await card.getByRole('button', { name: 'Agree', exact: true }).press('Enter');
  expect(await agreed()).toEqual({ verdict: 'agree', reason: '' });

  await card.getByRole('button', { name: 'Disagree' }).press('Enter');
  await expect(card.getByLabel('It will not escalate')).toBeChecked();
  await card.getByLabel('The data are old').check();
  await card.getByLabel('In your own words').fill('fixed yesterday');
  const disagreed = await listen(card, 'bellwether-feedback');
  await page.keyboard.press('Enter');
  expect(await disagreed()).toEqual({ verdict: 'disagree', expects: false, reason: 'The data are old; fixed yesterday' });

  await card.getByRole('button', { name: 'Snooze' }).click();
  const aside = await listen(card, 'bellwether-feedback');
  await card.getByRole('button', { name: '4 h' }).click();
  expect(await aside()).toEqual({ verdict: 'snooze', reason: '', until: now + 4 * 3_600_000 });
});

test('old data are said to be old', async ({ page }) => {
  const card = await show(page, 'bellwether-card', { ...place, card: critical, dataUntil: now - 80 * 3_600_000 });
  await expect(card).toContainText('Newer events are missing.');
  await expect(card.getByRole('button', { name: 'Reload' })).toBeVisible();
});

test('a number is said as a number', async ({ page }) => {
  const card = await show(page, 'bellwether-card', { ...place, card: { ...critical, kind: 'regression', probability: null, lift: null, band: 'unknown', value: 7.5, shown: '7.5 h', unit: 'hours' } });
  await expect(card.locator('.sentence')).toContainText('7.5 h expected');
  await expect(card).not.toContainText('Not enough is known');
});

test('the nearest language is spoken, the engine’s own words are marked as English', async ({ page }) => {
  const card = await show(page, 'bellwether-card', { ...place, card: critical, history, lang: 'de-AT' });
  await expect(card).toContainText(/91\s% Wahrscheinlichkeit, in 48\sh zu eskalieren/);
  await expect(card).toContainText(/9\s× so viel wie üblich\. Stand 9:42\./);
  await expect(card.getByRole('button', { name: 'Stimmt nicht' })).toBeVisible();
  await expect(card.locator('ul[lang=en] [part=reason]').first()).toContainText('Recurring API 500 errors');
  await page.evaluate(() => (document.documentElement.lang = 'de'));
  const board = await show(page, 'bellwether-board', {});
  await page.evaluate(() => (document.documentElement.lang = 'de'));
  await expect(board).toContainText('Keine offenen Tickets.');
});

test('what the engine says in the page’s own language is not marked as another', async ({ page }) => {
  const german: Card = { ...critical, language: 'de', reasons: [{ text: 'Wiederholt API 500 error (48 h)', value: '7-mal', contribution: 1, share: 1, direction: 'up', evidence: [] }] };
  const card = await show(page, 'bellwether-card', { ...place, card: german, history, lang: 'de-AT' });
  await expect(card.locator('[part=reason]').first()).toContainText('Wiederholt API 500 error');
  await expect(card.locator('[lang]')).toHaveCount(0);
});

test('read from right to left, bars grow to the left', async ({ page }) => {
  const card = await show(page, 'bellwether-card', { ...place, card: critical, history, dir: 'rtl' });
  const bar = card.locator('.bar').first();
  const middle = await bar.evaluate((element) => element.getBoundingClientRect().x + element.getBoundingClientRect().width / 2);
  const up = await bar.locator('i').boundingBox();
  expect((up?.x ?? 0) + (up?.width ?? 0)).toBeCloseTo(middle, 0);
});
