/** What the extension itself says, on pages and on the toolbar. */
export interface Sayings {
  mismatch(helpdesk: string): string;
  removed: string;
  close: string;
  /** On the toolbar, without the page beside it. */
  mismatchFlag: string;
  removedFlag: string;
  noBundle: string;
  noAnswer: string;
  otherPage: string;
}

const english: Sayings = {
  mismatch: (helpdesk) => `This page is no longer as Bellwether knows ${helpdesk}, so nothing is drawn on it.`,
  removed: 'This page keeps removing what Bellwether draws, so it has stopped. Reload the page to try again.',
  close: 'Close',
  mismatchFlag: 'Bellwether: this page is not as the helpdesk’s adapter knows it',
  removedFlag: 'Bellwether: this page kept removing what was drawn on it, so nothing is drawn any more',
  noBundle: 'No bundle is set: name its address in the extension’s options.',
  noAnswer: 'The extension does not answer; reload the page.',
  otherPage: 'This page is not one of those in the extension’s options.',
};

const german: Sayings = {
  mismatch: (helpdesk) => `Diese Seite ist nicht mehr so, wie Bellwether ${helpdesk} kennt; darum wird nichts auf ihr gezeigt.`,
  removed: 'Diese Seite entfernt immer wieder, was Bellwether zeigt; darum hat es aufgehört. Zum erneuten Versuch die Seite neu laden.',
  close: 'Schließen',
  mismatchFlag: 'Bellwether: diese Seite ist nicht so, wie der Adapter des Helpdesks sie kennt',
  removedFlag: 'Bellwether: diese Seite hat immer wieder entfernt, was auf ihr gezeigt wurde; darum wird nichts mehr gezeigt',
  noBundle: 'Es ist kein Bündel eingestellt: in den Einstellungen der Erweiterung seine Adresse nennen.',
  noAnswer: 'Die Erweiterung antwortet nicht; die Seite neu laden.',
  otherPage: 'Diese Seite ist keine von denen in den Einstellungen der Erweiterung.',
};

/** The sentences of a language tag; English where there are none. */
export const sayings = (language: string): Sayings => (language.toLowerCase().startsWith('de') ? german : english);
