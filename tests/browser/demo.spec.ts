import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { offlineDemo, servedDemo } from './places.ts';

/** Everything the page and its workers asked for, and everything it complained about. */
function listen(page: Page): { requests: string[]; complaints: string[] } {
  const heard = { requests: [] as string[], complaints: [] as string[] };
  page.context().on('request', (request) => heard.requests.push(request.url()));
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && heard.complaints.push(message.text()));
  page.on('pageerror', (error) => heard.complaints.push(error.message));
  return heard;
}

/** The page with its replay halted, so that nothing moves by itself. */
const still = (address: string): string => `${address}?still`;

const badges = (page: Page): Promise<string[]> => page.locator('[role=option] [part=base]').allInnerTexts();

for (const [how, address] of [['served', servedDemo], ['from disk', offlineDemo]] as const) {
  test.describe(how, () => {
    test.beforeEach(async ({ context }) => {
      if (how === 'from disk') await context.setOffline(true);
    });

    test('the page opens on the queue, with a badge for each ticket and a card for the first', async ({ page }) => {
      const heard = listen(page);
      await page.goto(still(address));
      const options = page.locator('[role=option]');
      await expect(options.first()).toContainText(/(Low|Watch|Likely|Critical)\s[<>]?\s?\d+\s%/);
      expect(await options.count()).toBeGreaterThanOrEqual(20);
      await expect(page.getByText('Not scored yet')).toHaveCount(0);
      const shares = (await badges(page)).flatMap((text) => text.match(/(\d+)\s%/)?.[1] ?? []).map(Number);
      expect(shares).toEqual([...shares].sort((a, b) => b - a));
      expect(new Set(shares).size, 'tickets differ').toBeGreaterThan(3);

      const card = page.locator('bellwether-card');
      await expect(card).toContainText(/likely to escalate within 48\sh/);
      await expect(card).toContainText(/As of /);
      await expect(card.locator('[part=reason]').first()).toContainText(/(raises|lowers) the risk, [<>]?\s?\d+\s% of the score/);
      expect(await card.locator('[part=reason]').count()).toBeLessThanOrEqual(5);

      const ms = await page.evaluate(() => performance.getEntriesByName('bellwether:badges')[0]?.startTime);
      console.log(`first badges, ${how}: ${Math.round(ms ?? NaN)} ms after the page opened`);
      expect(heard.complaints).toEqual([]);
    });

    test('a ticket opens by click and by keyboard, and its card follows', async ({ page }) => {
      await page.goto(still(address));
      const options = page.locator('[role=option]');
      await expect(options.first()).toContainText('%');
      for (const [index, open] of [[4, () => options.nth(4).click()], [5, () => page.keyboard.press('ArrowDown').then(() => page.keyboard.press('Enter'))]] as const) {
        await open();
        const id = (await options.nth(index).getAttribute('data-id')) ?? '';
        await expect(options.nth(index)).toHaveAttribute('aria-selected', 'true');
        const title = await options.nth(index).locator('.title').innerText();
        await expect(page.locator('.subject')).toHaveText(title);
        const badge = (await options.nth(index).locator('[part=base]').innerText()).match(/[<>]?\s?\d+\s%/)?.[0] ?? 'Not enough is known';
        await expect(page.locator('bellwether-card .top')).toContainText(id);
        await expect(page.locator('bellwether-card .sentence')).toContainText(badge);
      }
    });

    test('the engine runs in a worker', async ({ page }) => {
      const worker = page.waitForEvent('worker');
      await page.goto(still(address));
      expect((await worker).url()).toMatch(/worker\.js$|^blob:/);
    });

    test('nothing is asked for beyond the page’s own files', async ({ page }) => {
      const heard = listen(page);
      await page.goto(still(address));
      await expect(page.locator('[role=option]').first()).toContainText('%');
      const settled = heard.requests.length;
      await page.locator('[role=option]').nth(3).click();
      await expect(page.locator('bellwether-card [part=reason]').first()).toBeVisible();
      expect(heard.requests.length, 'opening a ticket asks for nothing').toBe(settled);
      const own = how === 'served' ? [servedDemo, `blob:${new URL(servedDemo).origin}`] : [offlineDemo, 'blob:', 'data:'];
      for (const request of heard.requests) expect(own.some((prefix) => request.startsWith(prefix)), request).toBe(true);
    });

    test('the page without its worker scores the same', async ({ page }) => {
      await page.goto(still(address));
      await expect(page.locator('[role=option]').first()).toContainText('%');
      const withWorker = await badges(page);
      await page.addInitScript(() => Object.defineProperty(window, 'Worker', { value: class { constructor() { throw new Error('no workers here'); } } }));
      await page.reload();
      await expect(page.locator('[role=option]').first()).toContainText('%');
      expect(await badges(page)).toEqual(withWorker);
    });
  });
}

test('on a narrow page the ticket takes the queue’s place, and back returns', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto(still(offlineDemo));
  const first = page.locator('[role=option]').first();
  await expect(first).toContainText('%');
  await first.press('Enter');
  await expect(page.locator('.subject')).toBeFocused();
  await expect(first).toBeHidden();
  await page.getByRole('button', { name: 'Queue' }).click();
  await expect(first).toBeFocused();
});

test('a bundle that was changed on its way is refused in one sentence', async ({ page }) => {
  await page.route('**/bundle/*', async (route) => {
    if (route.request().url().endsWith('manifest.json')) return route.fallback();
    const response = await route.fetch();
    const body = await response.body();
    body[body.length - 1] = (body[body.length - 1] ?? 0) ^ 1;
    return route.fulfill({ response, body });
  });
  await page.goto(servedDemo);
  await expect(page.locator('bellwether-card')).toContainText('does not match its SHA-256 in the manifest');
  await expect(page.getByText('Not scored yet').first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible();
});

test('an incident raises the tickets it touches within a second, and the reason changes before the eyes', async ({ page }) => {
  const heard = listen(page);
  await page.goto(servedDemo);
  await expect(page.locator('[role=option]').first()).toContainText('%');
  const card = page.locator('bellwether-card');
  await expect(card.locator('[part=reason]').first()).toBeVisible();
  const settled = heard.requests.length;
  await page.getByRole('button', { name: 'Start an incident' }).click();
  await expect(page.locator('.incident .caption')).toContainText(/[1-9] of their \d tickets rose/, { timeout: 1000 });
  await expect(card.locator('[part=reason]').first()).toContainText('API 500 errors');
  await expect(card.locator('[part=trend]')).toContainText(/up \d+ points since/);
  await expect(page.locator('bellwether-board [part=changes]')).toContainText(/\d changed since/);
  await expect(page.getByRole('button', { name: 'Start over' })).toBeVisible({ timeout: 20_000 });
  expect(heard.requests.length, 'streaming asks for nothing').toBe(settled);
  expect(heard.complaints).toEqual([]);
});

test('the desk lives: time passes, rows come in, and it can be halted', async ({ page }) => {
  await page.goto(servedDemo);
  const clock = page.locator('.clock span');
  await expect(page.locator('[role=option]').first()).toContainText('%');
  const before = await clock.innerText();
  await expect(clock).not.toHaveText(before, { timeout: 15_000 });
  await page.getByRole('button', { name: 'Pause' }).click();
  const halted = await clock.innerText();
  await page.waitForTimeout(3000);
  await expect(clock).toHaveText(halted);
});

test('a view given on a ticket is kept in this browser and exported as lines', async ({ page }) => {
  await page.goto(still(servedDemo));
  const card = page.locator('bellwether-card');
  await card.getByRole('button', { name: 'Disagree' }).click();
  await card.getByLabel('A known question').check();
  await card.getByRole('button', { name: 'Send' }).click();
  await expect(card).toContainText('You disagreed. A known question');
  await page.reload();
  await expect(card).toContainText('You disagreed. A known question');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export' }).click();
  const entry = JSON.parse(readFileSync(await (await download).path(), 'utf8')) as Record<string, unknown>;
  expect(entry).toMatchObject({ format: 1, verdict: 'disagree', expects: false, reason: 'A known question' });
  await card.getByRole('button', { name: 'Undo' }).click();
  await expect(card.getByRole('button', { name: 'Disagree' })).toBeVisible();
});

test('what-if shows the card as it would be, and the way back', async ({ page }) => {
  await page.goto(still(servedDemo));
  const card = page.locator('bellwether-card');
  const chip = card.locator('[part=chip]').first();
  const answer = (await chip.innerText()).match(/[<>]?\s?\d+\s%/)?.[0] ?? 'none';
  await chip.click();
  await expect(card.locator('.assumed')).toContainText('As if');
  await expect(card.locator('.sentence')).toContainText(answer);
  await card.getByRole('button', { name: 'Back to now' }).click();
  await expect(card.locator('.assumed')).toHaveCount(0);
});

test('the figures follow the sliders, and the capacity line with them', async ({ page }) => {
  await page.goto(still(servedDemo));
  await page.locator('.figures').scrollIntoViewIfNeeded();
  await expect(page.locator('.chart svg')).toHaveCount(3);
  await expect(page.locator('.figures table tbody tr')).toHaveCount(4);
  await page.getByLabel('Tickets you can look at in a day').fill('20');
  await expect(page.locator('#figures-title')).toContainText('Looking at the 20 likeliest');
  await expect(page.locator('bellwether-board [part=capacity]')).toHaveText('Your top 20 today end here');
});
