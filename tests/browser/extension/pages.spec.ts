import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { english, pageWords } from '../../../www/extension/pages/words.ts';
import { scored } from './ask.ts';
import { deskSettings, drawn, extended, popupOver } from './browser.ts';
import { desk, numberOf, plain, signIn } from './desk.ts';

const number = numberOf(desk.tickets[0]?.['ticket_id']);

for (const [language, colorScheme] of [['en', 'light'], ['en', 'dark'], ['de', 'light'], ['de', 'dark']] as const) {
  test(`options and popup are clean and speak one language: ${language}, ${colorScheme}`, async () => {
    const words = pageWords(language);
    const browser = await extended({ ...deskSettings, language }, { colorScheme });
    const page = browser.context.pages()[0] ?? (await browser.context.newPage());
    await signIn(page, plain);
    await page.goto(`${plain}/tickets/`);
    const { tickets } = await scored(browser, page);
    const { base, popup } = await popupOver(browser, page);
    await expect(popup.locator('[role=option]')).toHaveCount(tickets.length);
    await expect(popup.locator('#state')).toHaveText(words.count(tickets.length));
    await expect(popup.locator('html')).toHaveAttribute('lang', language);
    expect((await new AxeBuilder({ page: popup }).analyze()).violations).toEqual([]);
    await popup.close();

    await page.goto(`${plain}/tickets/${number}/`);
    await scored(browser, page);
    for (const width of [320, 1280]) {
      const options = await browser.context.newPage();
      await options.setViewportSize({ width, height: 900 });
      await options.goto(`${base}options.html`);
      await expect(options.locator('#bundle-facts')).toContainText('PREDICT');
      for (const summary of await options.locator('summary').all()) await summary.click();
      await options.getByRole('button', { name: words.test }).click();
      await expect(options.locator('#examined')).toContainText(words.names.subject);
      expect((await new AxeBuilder({ page: options }).analyze()).violations).toEqual([]);
      expect(await options.evaluate(() => document.documentElement.scrollWidth), 'nothing is cut off').toBeLessThanOrEqual(width);
      // Of the other language nothing is left but what both have alike.
      if (language === 'de') {
        const said = (await options.locator('body').innerText()).split('\n');
        const left = Object.entries(english).filter(([name, value]) => typeof value === 'string' && value !== words[name as keyof typeof words] && said.includes(value));
        expect(left).toEqual([]);
      }
      await options.close();
    }
    // The card's own words and the engine's are of that language too, though the page's is English.
    const [card] = await drawn(page);
    expect(card?.words).toContain(language === 'de' ? 'Warum' : 'Why');
    await browser.close();
  });
}

test('the language is changed in the options, and everything follows', async () => {
  const browser = await extended({ ...deskSettings, language: 'en' });
  const page = browser.context.pages()[0] ?? (await browser.context.newPage());
  await signIn(page, plain);
  await page.goto(`${plain}/tickets/${number}/`);
  await scored(browser, page);
  const [before] = await drawn(page);
  const options = await browser.context.newPage();
  await options.goto(await (await browser.background()).evaluate(() => chrome.runtime.getURL('options.html')));
  await options.locator('#language').selectOption('de');
  await options.getByRole('button', { name: 'Save' }).click();
  await expect(options.getByRole('button', { name: 'Speichern', exact: true })).toBeVisible();
  await expect.poll(async () => (await drawn(page))[0]?.words ?? '').toMatch(/Warum/);
  const [card] = await drawn(page);
  expect(card?.exact).toBe(before?.exact);
  // A reason is a sentence of the engine's.
  expect(card?.words).toMatch(/ (der|die|das|des|seit|vor|in den|von) /);
  await browser.close();
});
