// A picture of every state of every element and of the demo, at three widths, light and dark, in .cache/look.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from '@playwright/test';
import { variants } from '../fixtures/variants.ts';
import { elementsPage, servedDemo } from '../places.ts';

const out = join(dirname(fileURLToPath(import.meta.url)), '../../../.cache/look');
mkdirSync(out, { recursive: true });

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [320, 768, 1440]) {
    test.describe(`${width} px, ${colorScheme}`, () => {
      test.use({ colorScheme, viewport: { width, height: 900 } });

      for (const kind of ['badge', 'board', 'card']) {
        test(kind, async ({ page }) => {
          await page.goto(elementsPage);
          const shown = variants.filter(({ name }) => name.startsWith(kind));
          await page.evaluate(async (shown) => {
            const here = document.getElementById('here');
            here?.parentElement?.style.setProperty('max-width', 'none');
            if (here) here.style.cssText = 'display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,340px),1fr));gap:24px;align-items:start';
            for (const { tag, properties } of shown) {
              await customElements.whenDefined(tag);
              here?.append(Object.assign(document.createElement(tag), properties));
            }
          }, shown.map(({ tag, properties }) => ({ tag, properties })));
          for (const [index, { press }] of shown.entries()) {
            if (press) await page.locator('#here > *').nth(index).getByRole('button', { name: press }).first().click();
          }
          await page.screenshot({ path: join(out, `${kind}-${width}-${colorScheme}.png`), fullPage: true });
        });
      }

      test('demo', async ({ page }) => {
        await page.goto(`${servedDemo}?still`);
        await page.locator('[role=option] .pill:not(.waiting)').first().waitFor();
        await page.waitForTimeout(1500);
        await page.screenshot({ path: join(out, `demo-${width}-${colorScheme}.png`) });
        await page.screenshot({ path: join(out, `demo-${width}-${colorScheme}-full.png`), fullPage: true });
      });
    });
  }
}
