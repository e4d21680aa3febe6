// The demo in German: no English sentence is left, besides what tickets and people say, which stays as it was written.
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { variants } from './fixtures/variants.ts';
import { servedDemo } from './places.ts';
import { show } from './show.ts';

/** Words that only an English sentence holds. */
const english = /\b(the|and|of|are|is|were|with|your|this|that|today|tickets? you|at|as of|open|likely|escalated|caught|looking|queue|agent|assign|why|who|what|would|raises|lowers|data are|moved|newest|oldest|filter|priority|account|account not known|worth|first answer|nobody|not yet|pause|play|theme|start|export|undo|send|cancel|because|know|known|likely|watch|low|critical)\b/i;

/** Every text that is shown or spoken, through all shadow roots, but for parts marked as another language or as data. */
const said = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const data = '.title, .detail, .subject, .message, .event, dd, code, [lang=en], .agents .who, .agents ul ul .soft, .agents ul ul .link, .choice + .none, [part=reason], [part=chip], [part=agent] .value';
    const found: string[] = [];
    const visit = (root: Document | ShadowRoot | Element): void => {
      for (const node of root.childNodes) {
        if (node instanceof Text) {
          if (node.data.trim()) found.push(node.data.trim());
        } else if (node instanceof Element && !/^(SCRIPT|STYLE|NOSCRIPT)$/.test(node.tagName) && !node.matches(data)) {
          const isRow = node.getAttribute('role') === 'option';
          for (const name of ['aria-label', 'title', 'placeholder', 'aria-valuetext']) {
            const value = node.getAttribute(name);
            if (value && !isRow) found.push(value);
          }
          visit(node);
          if (node.shadowRoot) visit(node.shadowRoot);
        }
      }
    };
    visit(document.body);
    return [...found, document.title];
  });

test.describe.configure({ timeout: 90_000 });

const leftovers = async (page: Page): Promise<string[]> => (await said(page)).filter((text) => english.test(text));

test.describe('a German browser', () => {
  test.use({ locale: 'de-DE' });

  test('opens the page in German, and nothing English is left in it', async ({ page }) => {
    await page.goto(`${servedDemo}?still`);
    await expect(page.locator('html')).toHaveAttribute('lang', 'de');
    await expect(page.locator('bellwether-card [part=reason]').first()).toBeVisible({ timeout: 20_000 });
    await page.locator('.figures').scrollIntoViewIfNeeded();
    await expect(page.locator('.chart svg')).toHaveCount(3);
    const all = await said(page);
    expect(all.length, 'the page says something').toBeGreaterThan(80);
    expect(all.some((text) => text.includes('Warum'))).toBe(true);
    expect(await leftovers(page)).toEqual([]);
    const card = page.locator('bellwether-card');
    // Names of tables and columns stay in the engine's sentences; the sentences are German.
    const reasons = await card.locator('[part=reason], [part=chip], [part=agent] .value').allInnerTexts();
    expect(reasons.length).toBeGreaterThan(3);
    for (const reason of reasons) expect(reason).not.toMatch(/\b(of this|latest|prior|usual|none|escalation rate|occurrences?|ago|team median|without)\b/);
    await expect(card.locator('[lang]')).toHaveCount(0);
    await card.getByRole('button', { name: 'Stimmt nicht' }).click();
    expect(await leftovers(page)).toEqual([]);
    await card.getByRole('button', { name: 'Senden' }).click();
    await expect(page.getByRole('button', { name: 'Ausgeben' })).toBeVisible({ timeout: 20_000 });
    expect(await leftovers(page)).toEqual([]);
  });

  test('the button leads to English and back, and the figures follow', async ({ page }) => {
    await page.goto(`${servedDemo}?still`);
    await expect(page.locator('bellwether-card [part=reason]').first()).toBeVisible({ timeout: 20_000 });
    await page.getByRole('button', { name: 'English' }).click();
    await expect(page.getByRole('button', { name: 'Start an incident' })).toBeVisible({ timeout: 20_000 });
    await expect(page.locator('bellwether-card')).toContainText('likely to escalate within');
    expect((await leftovers(page)).length, 'the test sees English where there is some').toBeGreaterThan(20);
    await page.getByRole('button', { name: 'Deutsch' }).click();
    await expect(page.getByRole('button', { name: 'Störung auslösen' })).toBeVisible({ timeout: 20_000 });
    expect(await leftovers(page)).toEqual([]);
  });
});

test('German fits: at 320 px no word of any variant is cut off', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 800 });
  for (const { name, tag, properties, press } of variants) {
    const element = await show(page, tag, properties);
    if (press) await element.getByRole('button', { name: press }).first().click();
    await page.evaluate(() => (document.documentElement.lang = 'de'));
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    const cut = await element.evaluate((host) =>
      [...(host.shadowRoot?.querySelectorAll<HTMLElement>('*') ?? [])]
        .filter((part) => part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 1 && getComputedStyle(part).overflowX !== 'visible' && !part.matches('.title, .detail, .unseen, select, input'))
        .map((part) => `${part.className}: ${part.textContent?.trim().slice(0, 40)}`),
    );
    expect(cut, name).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), `${name} fits`).toBeLessThanOrEqual(320);
  }
});
