import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { variants } from './fixtures/variants.ts';
import { offlineDemo } from './places.ts';
import { show } from './show.ts';

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [320, 768, 1440]) {
    test.describe(`${colorScheme}, ${width} px`, () => {
      test.use({ colorScheme, viewport: { width, height: 800 } });

      test('every variant of every element is clean', async ({ page }) => {
        test.setTimeout(120_000); // 24 variants, each looked at as a whole
        for (const { name, tag, properties, press } of variants) {
          const element = await show(page, tag, properties);
          if (press) await element.getByRole('button', { name: press }).first().click();
          expect((await new AxeBuilder({ page }).analyze()).violations, name).toEqual([]);
          expect(await page.evaluate(() => document.documentElement.scrollWidth), `${name} fits`).toBeLessThanOrEqual(width);
        }
      });

      test('the demo is clean, the queue and an open ticket', async ({ page }) => {
        test.setTimeout(60_000);
        await page.goto(`${offlineDemo}?still`);
        const first = page.locator('[role=option]').first();
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
  await page.goto(`${offlineDemo}?still`);
  await page.locator('[role=option]').first().click();
  await expect(page.locator('bellwether-card [part=reason]').first()).toBeVisible();
  for (const target of await page.locator('button:visible, input:visible, select:visible, [role=option]').all()) {
    const box = await target.boundingBox();
    expect(Math.min(box?.height ?? 0, box?.width ?? 0)).toBeGreaterThanOrEqual(24);
  }
});
