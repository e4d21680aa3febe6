// Enlarged to 200 % and to 400 % (WCAG 1.4.4 and 1.4.10): a window of 1280 px then is one of 640 and of 320, and nothing is cut
// off, nothing lies over anything else, nothing has to be scrolled sideways.
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { variants } from './fixtures/variants.ts';
import { offlineDemo } from './places.ts';
import { show } from './show.ts';

/** Words that do not fit their box and are hidden by it, but for lines that are meant to end in dots, whose whole stands in the ticket. */
const cut = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found: string[] = [];
    const visit = (root: Document | ShadowRoot): void => {
      for (const part of root.querySelectorAll<HTMLElement>('*')) {
        const hides = getComputedStyle(part).overflowX !== 'visible' || getComputedStyle(part).overflowY === 'hidden';
        const tooSmall = part.scrollWidth > part.clientWidth + 1 || (getComputedStyle(part).overflowY === 'hidden' && part.scrollHeight > part.clientHeight + 1);
        if (hides && tooSmall && part.clientWidth > 1 && !part.matches('.title, .detail, .unseen, select, input')) {
          found.push(`${part.tagName} ${part.className}: ${part.textContent?.trim().slice(0, 40)}`);
        }
        if (part.shadowRoot) visit(part.shadowRoot);
      }
    };
    visit(document);
    return found;
  });

/** Two texts that lie over each other, as far as they are not hidden by what scrolls or cuts them. */
const covered = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const parentOf = (element: Element): Element | null => element.parentElement ?? ((element.getRootNode() as ShadowRoot).host as Element | undefined) ?? null;
    const visible = (box: DOMRect, element: Element): DOMRect => {
      let { left, top, right, bottom } = box;
      for (let at: Element | null = element; at && at !== document.documentElement; at = parentOf(at)) {
        if (getComputedStyle(at).overflow === 'visible') continue;
        const hole = at.getBoundingClientRect();
        [left, top, right, bottom] = [Math.max(left, hole.left), Math.max(top, hole.top), Math.min(right, hole.right), Math.min(bottom, hole.bottom)];
      }
      return new DOMRect(left, top, Math.max(0, right - left), Math.max(0, bottom - top));
    };
    const texts: { node: Text; box: DOMRect }[] = [];
    const visit = (root: Document | ShadowRoot | Element): void => {
      for (const node of root.childNodes) {
        if (node instanceof Text && node.data.trim() && node.parentElement?.checkVisibility() && !node.parentElement.closest('svg, .unseen, option')) {
          const range = document.createRange();
          range.selectNodeContents(node);
          for (const box of range.getClientRects()) texts.push({ node, box: visible(box, node.parentElement) });
        } else if (node instanceof Element && !/^(SCRIPT|STYLE|NOSCRIPT)$/.test(node.tagName)) {
          visit(node);
          if (node.shadowRoot) visit(node.shadowRoot);
        }
      }
    };
    visit(document.body);
    const over = (a: DOMRect, b: DOMRect): boolean => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 6;
    const said = ({ data }: Text): string => data.trim().slice(0, 30);
    return texts.flatMap((one, place) => texts.slice(place + 1).filter(({ node, box }) => node !== one.node && over(one.box, box)).map(({ node }) => `"${said(one.node)}" and "${said(node)}"`));
  });

const sideways = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

for (const [language, zoom] of [['en', 2], ['en', 4], ['de', 2], ['de', 4]] as const) {
  test.describe(`${language} at ${zoom * 100} %`, () => {
    test.use({ viewport: { width: 1280 / zoom, height: 1024 / zoom }, deviceScaleFactor: zoom });
    test.describe.configure({ timeout: 90_000 });

    test('every variant of the card and the board is whole', async ({ page }) => {
      for (const { name, tag, properties, press } of variants) {
        const element = await show(page, tag, properties);
        await page.evaluate((language) => (document.documentElement.lang = language), language);
        await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
        if (press && language === 'en') await element.getByRole('button', { name: press }).first().click();
        expect(await cut(page), name).toEqual([]);
        expect(await covered(page), name).toEqual([]);
        expect(await sideways(page), name).toBe(0);
      }
    });

    test('the demo is whole: the queue, a ticket, its evidence, an incident', async ({ page }) => {
      await page.goto(`${offlineDemo}?still&lang=${language}`);
      const first = page.locator('[role=option]').first();
      await expect(first).toContainText('%', { timeout: 20_000 });
      const whole = async (what: string): Promise<void> => {
        expect(await cut(page), what).toEqual([]);
        expect(await sideways(page), what).toBe(0);
      };
      await whole('the queue');
      expect(await covered(page)).toEqual([]);
      await first.click();
      await expect(page.locator('bellwether-card [part=reason]').first()).toBeVisible();
      await whole('a ticket');
      expect(await covered(page)).toEqual([]);
      for (const button of await page.locator('bellwether-card [part=reason] button').all()) await button.click();
      await whole('the evidence');
      await page.locator('.incident .solid').click();
      await expect(page.locator('.incident')).toHaveClass(/told/);
      await whole('an incident');
    });
  });
}

// What the engine says of its own certainty, in the words of the page's language.
for (const [language, words] of [['en', /(\d+–\d+ %|Unsure)/], ['de', /(\d+–\d+ %|Unsicher)/]] as const) {
  test(`the range beside a score is said in ${language}`, async ({ page }) => {
    await page.goto(`${offlineDemo}?still&lang=${language}`);
    const rows = page.locator('[role=option]');
    await expect(rows.first()).toContainText('%', { timeout: 20_000 });
    const said: string[] = [];
    for (let place = 0; place < 8; place++) {
      await rows.nth(place).click();
      const id = (await rows.nth(place).getAttribute('data-id')) ?? 'none';
      await expect(page.locator('bellwether-card .top')).toContainText(id);
      said.push((await page.locator('bellwether-card .sentence + .soft').innerText()).replace(/\s+/g, ' '));
    }
    console.log(`${language}: ${said.join(' | ')}`);
    for (const sentence of said) expect(sentence).toMatch(words);
    const other = language === 'en' ? /Vorgeschichte|Unsicher|bis|frühere/ : /history|unsure|anywhere|earlier/i;
    for (const sentence of said) expect(sentence).not.toMatch(other);
  });
}
