import { parentOf } from '../../adapters/dom.ts';

/** Whether an element stands on a dark ground: what is drawn there follows the page, not the system. */
export function isDark(element: Element): boolean {
  for (let at: Element | null = element; at; at = parentOf(at)) {
    const [red = 0, green = 0, blue = 0, alpha = 1] = (getComputedStyle(at).backgroundColor.match(/[\d.]+/g) ?? []).map(Number);
    if (alpha > 0.5 && getComputedStyle(at).backgroundColor.startsWith('rgb')) return 0.299 * red + 0.587 * green + 0.114 * blue < 110;
  }
  return matchMedia('(prefers-color-scheme: dark)').matches && getComputedStyle(element).colorScheme.includes('dark');
}
