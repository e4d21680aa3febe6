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
