// The toolbar's popup: the board of the tickets on the page that is open.
import '../../elements/index.ts';
import { addWords } from '../../elements/words.ts';
import { german } from '../../elements/words.de.ts';
import { bandOf } from '../../client/band.ts';
import type { PageAsk, PageReport } from '../messages.ts';
import { readSettings } from '../settings.ts';
import { pageWords, sayPage } from './words.ts';
import type { PageWords } from './words.ts';

const board = document.querySelector('bellwether-board');
const state = document.getElementById('state');
document.getElementById('options')?.addEventListener('click', () => void chrome.runtime.openOptionsPage());
void begin();

async function begin(): Promise<void> {
  addWords('de', german);
  const { settings } = await readSettings();
  const words = pageWords(settings.language || chrome.i18n.getUILanguage());
  sayPage(document, words);
  if (board) board.heading = words.onThisPage;
  // Waiting tickets are asked for again until they are scored.
  await show(words, 20);
}

async function show(words: PageWords, tries: number): Promise<void> {
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
  const numbers = report?.tickets.filter(({ shown }) => shown !== null) ?? [];
  board.hidden = !report?.tickets.length || numbers.length > 0;
  state.textContent = said(report, words);
  if (!report || tabId === undefined) return;
  const { tickets, thresholds } = report;
  const reveal = (id: string): void => void chrome.tabs.sendMessage(tabId, { page: 'reveal', id } satisfies PageAsk);
  // A number has no band, so no place on the board: the largest comes first.
  document.getElementById('numbers')?.replaceChildren(...numbers.sort((a, b) => (b.value ?? 0) - (a.value ?? 0)).map(({ ticket: { fields }, shown }) => {
    const row = Object.assign(document.createElement('button'), { type: 'button' });
    const [number, subject] = [document.createElement('strong'), document.createElement('span')];
    number.textContent = shown;
    subject.textContent = fields.subject ?? fields.id ?? '';
    row.append(number, subject);
    row.addEventListener('click', () => reveal(fields.id ?? ''));
    const item = document.createElement('li');
    item.append(row);
    return item;
  }));
  board.rows = tickets.map(({ ticket: { fields }, probability }) => ({
    id: fields.id ?? '',
    title: fields.subject ?? fields.id ?? '',
    detail: [fields.id, fields.requester ?? fields.organisation].filter(Boolean).join(' · '),
    probability: probability ?? NaN,
    band: thresholds || probability === null ? bandOf(probability ?? NaN, thresholds) : null,
  }));
  board.addEventListener('bellwether-open', ({ detail: { id } }) => reveal(id));
  if (tries > 0 && tickets.some(({ probability, value }) => probability === null && value === null)) setTimeout(() => void show(words, tries - 1), 150);
}

function said(report: PageReport | undefined, words: PageWords): string {
  if (!report) return words.notHere;
  if (report.givenUp) return words.givenUp;
  if (report.kind === 'mismatch') return words.mismatch(report.missing.join(', '));
  if (report.kind === 'elsewhere') return words.noTickets;
  return words.count(report.tickets.length);
}
