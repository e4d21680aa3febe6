import { wordsFor } from './words.ts';
import type { Words } from './words.ts';

/** The words of the nearest `lang` above an element, across shadow roots; English without one. */
export function wordsOf(element: Element): Words {
  for (let at: Element | null = element; at; at = host(at)) {
    const found = at.closest('[lang]');
    if (found) return wordsFor(found.getAttribute('lang') ?? '');
  }
  return wordsFor('');
}

const host = (element: Element): Element | null => {
  const root = element.getRootNode();
  return root instanceof ShadowRoot ? root.host : null;
};

/** Calls back when the document's language changes, until the signal ends it. */
export function followLanguage(document: Document, changed: () => void, signal: AbortSignal): void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributeFilter: ['lang'] });
  signal.addEventListener('abort', () => observer.disconnect(), { once: true });
}
