import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { critical, low, rows, unknown } from './fixtures/cards.ts';
import { offlineDemo } from './places.ts';
import { show } from './show.ts';

const bands = ['low', 'watch', 'likely', 'critical', 'unknown', null] as const;
const variants: [string, string, object][] = [
  ['board', 'bellwether-board', { rows, capacity: 2, selected: 'TK318', summary: '6 open · as of 9:42' }],
  ['empty board', 'bellwether-board', {}],
  ['waiting board', 'bellwether-board', { loading: true }],
  ['failed board', 'bellwether-board', { error: 'The queue could not be read.' }],
  ['critical card', 'bellwether-card', { card: critical, heading: 'TK301', dataUntil: Date.parse(critical.anchor) }],
  ['low card', 'bellwether-card', { card: low, heading: 'TK302' }],
  ['card with not enough known', 'bellwether-card', { card: unknown, heading: 'TK330' }],
  ['empty card', 'bellwether-card', {}],
  ['waiting card', 'bellwether-card', { loading: true }],
  ['failed card', 'bellwether-card', { error: 'The bundle could not be read.' }],
  ...bands.map((band): [string, string, object] => [`${band} badge`, 'bellwether-badge', { band, probability: 0.5, change: 0.2 }]),
];

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [320, 768, 1440]) {
    test.describe(`${colorScheme}, ${width} px`, () => {
      test.use({ colorScheme, viewport: { width, height: 800 } });

      test('every variant of every element is clean', async ({ page }) => {
        for (const [name, tag, properties] of variants) {
          const element = await show(page, tag, properties);
          const reason = element.getByRole('button', { name: /Recurring/ });
          if (await reason.count()) await reason.click();
          expect((await new AxeBuilder({ page }).analyze()).violations, name).toEqual([]);
          expect(await page.evaluate(() => document.documentElement.scrollWidth), `${name} fits`).toBeLessThanOrEqual(width);
        }
      });

      test('the demo is clean, the queue and an open ticket', async ({ page }) => {
        await page.goto(offlineDemo);
        const first = page.getByRole('option').first();
        await expect(first).toContainText('%');
        expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
        await first.click();
        await expect(page.locator('bellwether-card [part=reason]').first()).toBeVisible();
        expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      });
    });
  }
}

test('everything that can be pressed is at least 24 px high and wide', async ({ page }) => {
  await page.goto(offlineDemo);
  await page.getByRole('option').first().click();
  await expect(page.locator('bellwether-card [part=reason]').first()).toBeVisible();
  for (const target of await page.locator('button:visible, [role=option]').all()) {
    const box = await target.boundingBox();
    expect(Math.min(box?.height ?? 0, box?.width ?? 0)).toBeGreaterThanOrEqual(24);
  }
});
