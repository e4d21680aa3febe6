const sheets = new WeakSet<Document>();

/**
 * Lets `data-theme` on any ancestor reach the elements: it sets one custom property, which inherits through
 * shadow roots, and nothing else on the page.
 */
export function followTheme(document: Document): void {
  if (sheets.has(document)) return;
  sheets.add(document);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("[data-theme='light'] { --bellwether-scheme: light } [data-theme='dark'] { --bellwether-scheme: dark }");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
