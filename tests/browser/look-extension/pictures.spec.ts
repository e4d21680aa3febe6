// A picture of every surface of the extension, on a helpdesk and on its own pages, at three widths, light and dark, in .cache/look.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { scored } from '../extension/ask.ts';
import { deskSettings, drawn, extended, popupOver } from '../extension/browser.ts';
import { desk, numberOf, plain, signIn } from '../extension/desk.ts';
import { root } from '../places.ts';

const out = join(root, '.cache/look');
mkdirSync(out, { recursive: true });
const ticket = `${plain}/tickets/${numberOf(desk.tickets[0]?.['ticket_id'])}/`;

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the extension's surfaces, ${colorScheme}`, async () => {
    const browser = await extended({ ...deskSettings, language: 'en' }, { colorScheme }, ['--hide-scrollbars']);
    const page = browser.context.pages()[0] ?? (await browser.context.newPage());
    const pictures = async (shown: Page, name: string): Promise<void> => {
      for (const width of [320, 768, 1440]) {
        await shown.setViewportSize({ width, height: 900 });
        await shown.waitForTimeout(300);
        await shown.screenshot({ path: join(out, `extension-${name}-${width}-${colorScheme}.png`), fullPage: name !== 'list' });
      }
    };
    await signIn(page, plain);
    await page.goto(`${plain}/tickets/`);
    await scored(browser, page);
    await pictures(page, 'list');

    const { base, popup } = await popupOver(browser, page);
    await popup.locator('[role=option]').first().waitFor();
    await pictures(popup, 'popup');
    await popup.close();

    await page.goto(ticket);
    await scored(browser, page);
    await pictures(page, 'ticket');

    const options = await browser.context.newPage();
    await options.goto(`${base}options.html`);
    await expect(options.locator('#bundle-facts')).toContainText('PREDICT');
    for (const summary of await options.locator('summary').all()) await summary.click();
    await pictures(options, 'options');
    await options.close();

    // A page that takes away what is drawn, until nothing is drawn any more.
    await page.evaluate(async () => {
      for (let times = 0; times < 12; times++) {
        for (const one of document.querySelectorAll('[style*="important"]:empty')) one.setAttribute('style', 'display: none');
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
    });
    await expect.poll(async () => (await drawn(page))[0]?.words ?? '').toContain('keeps removing');
    await pictures(page, 'given-up');

    // A page that its adapter does not know.
    await page.route(ticket, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: (await response.text()).replace(/<h[1-6][\s\S]*?<\/h[1-6]>/g, '') });
    });
    await page.goto(ticket);
    await expect.poll(async () => (await drawn(page))[0]?.words ?? '', { timeout: 30_000 }).toContain('no longer as Bellwether knows');
    await pictures(page, 'mismatch');
    await browser.close();
  });
}
