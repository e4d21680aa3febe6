import { expect, test } from '@playwright/test';
import { critical, hostile, hostileCard, low, unknown } from './fixtures/cards.ts';
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
