import type { Locator, Page } from '@playwright/test';
import { elementsPage } from './places.ts';

/** Puts one element with these properties on an empty page. */
export async function show(page: Page, tag: string, properties: object): Promise<Locator> {
  await page.goto(elementsPage);
  await page.evaluate(
    async ([tag, properties]) => {
      await customElements.whenDefined(tag);
      const element = Object.assign(document.createElement(tag), properties);
      document.getElementById('here')?.replaceChildren(element);
    },
    [tag, properties] as const,
  );
  return page.locator(tag).first();
}
