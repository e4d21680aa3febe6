// The toolbar's popup: the board of the tickets on the page that is open.
import '../../elements/index.ts';
import { bandOf } from '../../client/band.ts';
import type { PageAsk, PageReport } from '../messages.ts';

const board = document.querySelector('bellwether-board');
const state = document.getElementById('state');
document.getElementById('options')?.addEventListener('click', () => void chrome.runtime.openOptionsPage());
// Waiting tickets are asked for again until they are scored.
void show(20);

async function show(tries: number): Promise<void> {
  if (!board || !state) return;
  // A test may name the tab whose page is meant: a popup opened as a page is a tab itself.
  const named = Number(new URLSearchParams(location.search).get('tab'));
  const tabId = named || (await chrome.tabs.query({ active: true, currentWindow: true }))[0]?.id;
  let report: PageReport | undefined;
  try {
    report = tabId === undefined ? undefined : ((await chrome.tabs.sendMessage(tabId, { page: 'tickets' } satisfies PageAsk)) as PageReport);
  } catch {
    // No content script is on this page.
  }
  board.hidden = !report?.tickets.length;
  state.textContent = said(report);
  if (!report || tabId === undefined) return;
  const { tickets, thresholds } = report;
  board.rows = tickets.map(({ ticket: { fields }, probability }) => ({
    id: fields.id ?? '',
    title: fields.subject ?? fields.id ?? '',
    detail: [fields.id, fields.requester ?? fields.organisation].filter(Boolean).join(' · '),
    probability: probability ?? NaN,
    band: thresholds || probability === null ? bandOf(probability ?? NaN, thresholds) : null,
  }));
  board.addEventListener('bellwether-open', ({ detail: { id } }) => void chrome.tabs.sendMessage(tabId, { page: 'reveal', id } satisfies PageAsk));
  if (tries > 0 && tickets.some(({ probability }) => probability === null)) setTimeout(() => void show(tries - 1), 150);
}

function said(report: PageReport | undefined): string {
  if (!report) return 'Bellwether is not on this page. Grant it the helpdesk’s address in the options.';
  if (report.givenUp) return 'This page kept removing what was drawn on it. Reload it to try again.';
  if (report.kind === 'mismatch') return `This page is not as the adapter knows it: ${report.missing.join(', ')} is missing.`;
  if (report.kind === 'elsewhere') return 'There are no tickets on this page.';
  return report.tickets.length === 1 ? 'One ticket' : `${report.tickets.length} tickets`;
}
