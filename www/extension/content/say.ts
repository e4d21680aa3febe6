/** What the extension itself says on a page. */
export interface Sayings {
  mismatch(helpdesk: string): string;
  removed: string;
  close: string;
}

const english: Sayings = {
  mismatch: (helpdesk) => `This page is no longer as Bellwether knows ${helpdesk}, so nothing is drawn on it.`,
  removed: 'This page keeps removing what Bellwether draws, so it has stopped. Reload the page to try again.',
  close: 'Close',
};

const german: Sayings = {
  mismatch: (helpdesk) => `Diese Seite ist nicht mehr so, wie Bellwether ${helpdesk} kennt; darum wird nichts auf ihr gezeigt.`,
  removed: 'Diese Seite entfernt immer wieder, was Bellwether zeigt; darum hat es aufgehört. Zum erneuten Versuch die Seite neu laden.',
  close: 'Schließen',
};

export const sayings = (language: string): Sayings => (language.toLowerCase().startsWith('de') ? german : english);
