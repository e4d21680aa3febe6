import { expect, test } from '@playwright/test';
import type { Locator } from '@playwright/test';
import { hostile, rows } from './fixtures/cards.ts';
import { show } from './show.ts';

const ids = (board: Locator): Promise<(string | undefined)[]> =>
  board.getByRole('option').evaluateAll((options) => options.map((option) => (option as HTMLElement).dataset['id']));

/** The ids of the rows opened from here on. */
async function listen(board: Locator): Promise<() => Promise<string[]>> {
  const heard = await board.evaluateHandle((element) => {
    const ids: string[] = [];
    element.addEventListener('bellwether-open', (event) => ids.push((event as CustomEvent<{ id: string }>).detail.id));
    return ids;
  });
  return () => heard.jsonValue();
}

test('the queue is sorted by risk, what is not known last', async ({ page }) => {
  const board = await show(page, 'bellwether-board', { rows });
  expect(await ids(board)).toEqual(['TK301', 'TK318', 'TK303', 'TK302', 'TK330', 'TK340']);
  await expect(board.getByRole('option').nth(0)).toContainText(/Critical\s91\s%/);
  await expect(board.getByRole('option').nth(4)).toContainText('Not known');
  await expect(board.getByRole('option').nth(5)).toContainText('Not scored yet');
});

test('only moves of five points and more are marked', async ({ page }) => {
  const board = await show(page, 'bellwether-board', { rows });
  await expect(board.locator('.move')).toHaveText(['▲ 38', '▼ 6']);
});

test('the capacity line parts what can be taken today from the rest', async ({ page }) => {
  const board = await show(page, 'bellwether-board', { rows, capacity: 2 });
  await expect(board.getByRole('group', { name: 'Your top 2 today', exact: true }).getByRole('option')).toHaveCount(2);
  await expect(board.getByText('Your top 2 today end here')).toBeVisible();
});

test('one Tab stop; arrows, Home and End move; Enter opens', async ({ page }) => {
  const board = await show(page, 'bellwether-board', { rows, capacity: 2 });
  await page.keyboard.press('Tab');
  await expect(board.getByRole('option').nth(0)).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(board.getByRole('option').nth(2)).toBeFocused();
  const opened = await listen(board);
  await page.keyboard.press('Enter');
  expect(await opened()).toEqual(['TK303']);
  await page.keyboard.press('End');
  await expect(board.getByRole('option').last()).toBeFocused();
  await page.keyboard.press('Home');
  await expect(board.getByRole('option').first()).toBeFocused();
  await page.keyboard.press('Tab');
  expect(await board.evaluate((element) => element.shadowRoot?.activeElement ?? null)).toBeNull();
});

test('rows keep their place while the pointer is on them', async ({ page }) => {
  const board = await show(page, 'bellwether-board', { rows });
  const before = await ids(board);
  await board.getByRole('option').nth(3).hover();
  await board.evaluate((element, next) => Object.assign(element, { rows: next }), rows.map((row) => (row.id === 'TK302' ? { ...row, probability: 0.99, band: 'critical' } : row)));
  await expect(board.getByRole('option').nth(3)).toContainText(/Critical\s99\s%/);
  expect(await ids(board)).toEqual(before);
  await page.mouse.move(2, 2);
  await expect(board.getByRole('option').first()).toContainText(/99\s%/);
});

test('the focus stays with its row when the row moves', async ({ page }) => {
  const board = await show(page, 'bellwether-board', { rows, capacity: 2 });
  await page.keyboard.press('Tab');
  await page.keyboard.press('End');
  await board.evaluate((element, next) => Object.assign(element, { rows: next }), rows.map((row) => (row.id === 'TK340' ? { ...row, probability: 0.99, band: 'critical' } : row)));
  await expect(board.getByRole('option').first()).toBeFocused();
  await expect(board.getByRole('option').first()).toHaveAttribute('data-id', 'TK340');
});

test('waiting, empty and failed each have their own sentence', async ({ page }) => {
  await expect(await show(page, 'bellwether-board', { loading: true })).toContainText('Reading the queue');
  await expect(await show(page, 'bellwether-board', {})).toContainText('No open tickets');
  await expect(await show(page, 'bellwether-board', { error: 'The queue could not be read.' })).toContainText('The queue could not be read.');
});

test('script-looking text is shown as text', async ({ page }) => {
  const board = await show(page, 'bellwether-board', { rows: [{ ...rows[0], id: hostile, title: hostile, detail: hostile, note: hostile }], heading: hostile });
  await expect(board.getByRole('option')).toContainText(hostile);
  await expect(board.locator('img, script')).toHaveCount(0);
  expect(await page.evaluate(() => 'ran' in window)).toBe(false);
});

test('words filter the queue, an order sorts it, and the line is drawn only across the queue by risk', async ({ page }) => {
  const board = await show(page, 'bellwether-board', { rows, capacity: 2, controls: true });
  const shown = (): Promise<(string | undefined)[]> => board.locator('[role=option]').evaluateAll((options) => options.map((option) => (option as HTMLElement).dataset['id']));
  await board.getByRole('searchbox').fill('growth web');
  expect(await shown()).toEqual(['TK318']);
  await expect(board.locator('[part=capacity]')).toHaveCount(0);
  await board.getByRole('searchbox').fill('zebra');
  await board.getByRole('button', { name: 'Show all' }).click();
  await expect(board.locator('[role=option]')).toHaveCount(rows.length);
  await board.getByRole('combobox').selectOption('moved');
  expect((await shown()).slice(0, 2)).toEqual(['TK301', 'TK303']);
  await board.getByRole('searchbox').focus();
  await page.keyboard.press('ArrowDown');
  await expect(board.locator('[role=option]').first()).toBeFocused();
});

test('what changed since the last look is counted, and marked as seen at a press', async ({ page }) => {
  const board = await show(page, 'bellwether-board', { rows, changed: 3, lastLook: Date.parse('2025-03-02T09:10:00Z'), timeZone: 'UTC' });
  await expect(board.locator('[part=changes]')).toContainText('3 changed since 9:10');
  const seen = board.evaluate((element) => new Promise((resolve) => element.addEventListener('bellwether-seen', () => resolve(true))));
  await board.getByRole('button', { name: 'Mark as seen' }).click();
  expect(await seen).toBe(true);
});

test('the live region says what rose, once in twenty seconds at most', async ({ page }) => {
  await page.clock.install();
  const board = await show(page, 'bellwether-board', { rows });
  const say = board.locator('p[role=status]').last();
  const raise = (...ids: string[]): Promise<unknown> =>
    board.evaluate((element, next) => Object.assign(element, { rows: next }), rows.map((row) => (ids.includes(row.id) ? { ...row, probability: 0.95, band: 'critical' } : row)));
  await raise('TK302');
  await expect(say).toHaveText('One ticket became likely to escalate.');
  await page.clock.runFor(6000);
  await expect(say).toHaveText('');
  await raise('TK302', 'TK303');
  await page.clock.runFor(2000);
  await expect(say).toHaveText('');
  await page.clock.runFor(13_000);
  await expect(say).toHaveText('One ticket became likely to escalate.');
});

test('a long queue is drawn a share a frame, and whole in the end', async ({ page }) => {
  const many = Array.from({ length: 500 }, (_, place) => ({ ...rows[1], id: `TK${place}`, probability: place / 500 }));
  const board = await show(page, 'bellwether-board', { rows: many });
  await expect(board.locator('[role=option]')).toHaveCount(500);
});
