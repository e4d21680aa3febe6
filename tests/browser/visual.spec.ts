// What must look the same: every variant as it was when it was last looked at and found good (`fixtures/looks.txt`, written
// anew by `LOOKS=write`), and one page under conditions that must not change it, pixel by pixel.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { variants } from './fixtures/variants.ts';
import { lookOf, unlike } from './looks.ts';
import { offlineDemo, servedDemo } from './places.ts';
import { show } from './show.ts';

const file = join(dirname(fileURLToPath(import.meta.url)), 'fixtures/looks.txt');
const writing = process.env['LOOKS'] === 'write';

const kept = (): Map<string, string> => new Map(readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => line.split(' ') as [string, string]));

/** Letters differ from machine to machine; where this line is of another width, pictures cannot be held against each other. */
const letters = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const context = new OffscreenCanvas(1, 1).getContext('2d');
    if (!context) return '';
    return ['400 14px', '600 14px', '600 28px'].map((font) => ((context.font = `${font} system-ui, sans-serif`), context.measureText('91 % Ätherwellen, Kritisch').width.toFixed(1))).join('/');
  });

test.describe('as last looked at', () => {
  test.describe.configure({ mode: 'serial' });
  const found = new Map<string, string>();

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`every variant, ${colorScheme}`, async ({ browser }) => {
      test.setTimeout(120_000);
      const page = await browser.newPage({ colorScheme, viewport: { width: 420, height: 900 }, reducedMotion: 'reduce' });
      await show(page, 'bellwether-badge', {});
      const here = await letters(page);
      const before = writing ? new Map<string, string>() : kept();
      found.set('letters', here);
      test.skip(!writing && before.get('letters') !== here, `this machine's letters are ${here}, those of the pictures ${before.get('letters')}`);
      for (const { name, tag, properties, press } of variants) {
        const element = await show(page, tag, properties);
        if (press) await element.getByRole('button', { name: press }).first().click();
        await page.mouse.move(415, 890);
        const look = await lookOf(page, await page.locator('main').screenshot({ animations: 'disabled', caret: 'hide' }));
        found.set(`${name}/${colorScheme}`, look);
        if (writing) continue;
        const { cells, of } = unlike(before.get(`${name}/${colorScheme}`) ?? '0×0:', look);
        expect.soft(cells, `${name}, ${colorScheme}: ${cells} of ${of} cells look otherwise; if that is meant, look at them and run with LOOKS=write`).toBeLessThanOrEqual(Math.max(1, of * 0.005));
      }
      await page.close();
    });
  }

  test.afterAll(() => {
    if (writing) writeFileSync(file, [...found].map(([name, look]) => `${name} ${look}\n`).join(''));
  });
});

test.describe.configure({ timeout: 60_000 });

/** The page halted, its badges drawn and its card read; the mouse out of the way. */
async function openStill(page: Page, address: string): Promise<void> {
  await page.goto(`${address}?still&lang=en`);
  await expect(page.locator('bellwether-card [part=reason]').first()).toBeVisible({ timeout: 20_000 });
  await expect(page.locator('.agents')).toBeVisible({ timeout: 20_000 });
  await page.mouse.move(1, 1);
}

const picture = (page: Page): Promise<Buffer> => page.screenshot({ animations: 'disabled', caret: 'hide' });

test('the page from disk is the served page, pixel by pixel', async ({ page }) => {
  await openStill(page, servedDemo);
  const served = await picture(page);
  await openStill(page, offlineDemo);
  expect((await picture(page)).equals(served)).toBe(true);
});

test('a ticket opened and left again leaves the page as it was, pixel by pixel', async ({ page }) => {
  await openStill(page, servedDemo);
  const rows = page.locator('[role=option]');
  await rows.nth(0).click();
  await page.mouse.move(1, 1);
  await expect(page.locator('.subject')).toHaveText((await rows.nth(0).locator('.title').innerText()));
  await page.waitForTimeout(300);
  const before = await picture(page);
  await rows.nth(3).click();
  await page.mouse.move(1, 1);
  await expect(page.locator('bellwether-card .top')).toContainText((await rows.nth(3).getAttribute('data-id')) ?? 'none');
  await page.waitForTimeout(300);
  expect((await picture(page)).equals(before), 'another ticket looks otherwise').toBe(false);
  await rows.nth(0).click();
  await page.mouse.move(1, 1);
  await expect(page.locator('bellwether-card .top')).toContainText((await rows.nth(0).getAttribute('data-id')) ?? 'none');
  await page.waitForTimeout(300);
  expect((await picture(page)).equals(before)).toBe(true);
});

test('reduced motion takes nothing away', async ({ page }) => {
  await openStill(page, servedDemo);
  const moving = await picture(page);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.waitForTimeout(100);
  expect((await picture(page)).equals(moving)).toBe(true);
});

test('from right to left, every part stands where its mirror image would', async ({ page }) => {
  const boxes = (): Promise<[string, number, number, number][]> =>
    page.locator('#here > *').evaluate((element) => {
      const { left, right } = element.getBoundingClientRect();
      const parts = [...(element.shadowRoot?.querySelectorAll('[part], h2, .what, .claim, .legend') ?? [])].filter((part) => part.getClientRects().length > 0);
      const mirrored = getComputedStyle(element).direction === 'rtl';
      return parts.map((part) => {
        const box = part.getBoundingClientRect();
        return [part.getAttribute('part') ?? part.className, Math.round(mirrored ? right - box.right : box.left - left), Math.round(box.top), Math.round(box.width)];
      });
    });
  for (const { name, tag, properties } of variants.filter(({ name }) => ['board', 'card', 'card-low', 'badge-likely'].includes(name))) {
    await show(page, tag, properties);
    const straight = await boxes();
    expect(straight.length, name).toBeGreaterThan(2);
    await page.evaluate(() => (document.documentElement.dir = 'rtl'));
    const mirrored = await boxes();
    expect(mirrored.length).toBe(straight.length);
    for (const [place, [part, start, top, width]] of straight.entries()) {
      const [, otherStart = NaN, otherTop = NaN, otherWidth = NaN] = mirrored[place] ?? [];
      for (const [what, a, b] of [['start', start, otherStart], ['top', top, otherTop], ['width', width, otherWidth]] as const) {
        expect(Math.abs(a - b), `${name}: ${part} ${place}, ${what} ${a} and ${b}`).toBeLessThanOrEqual(1);
      }
    }
  }
});
