import type { FieldName } from '../../adapters/index.ts';
import { exactPercent } from '../../elements/say.ts';
import { ask } from '../messages.ts';
import type { PageAsk, PageReport } from '../messages.ts';
import { patternOf, readSettings } from '../settings.ts';
import type { Site } from '../settings.ts';
import type { PageWords } from './words.ts';

/** The tab of one of the sites that was looked at last, with the content script in it. */
export async function helpdeskTab(sites: readonly Site[], words: PageWords): Promise<number> {
  const urls = sites.map(({ origin }) => patternOf(origin));
  const tabs = urls.length ? await chrome.tabs.query({ url: urls }) : [];
  const [tab] = tabs.filter(({ url }) => sites.some(({ origin }) => url?.startsWith(`${origin}/`))).sort((a, b) => (b.lastAccessed ?? 0) - (a.lastAccessed ?? 0));
  if (tab?.id === undefined) throw new Error(words.openTicketFirst);
  await chrome.scripting.executeScript({ target: { tabId: tab.id }, files: ['content.js'] });
  return tab.id;
}

/** What is read off the open tab, and what comes of it. */
export async function examine(output: HTMLElement, words: PageWords): Promise<void> {
  output.classList.remove('wrong');
  output.textContent = words.readingTab;
  try {
    const { settings } = await readSettings();
    const tabId = await helpdeskTab(settings.sites, words);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const report = (await chrome.tabs.sendMessage(tabId, { page: 'examine' } satisfies PageAsk)) as PageReport;
    if (report.kind === 'mismatch') throw new Error(words.mismatch(report.missing.join(', ')));
    const [first] = report.tickets;
    if (!first) throw new Error(words.noTicketOnTab);
    const { card } = await ask('explain', { ticket: first.ticket, language: words.locale });
    const list = document.createElement('dl');
    const add = (name: string, value: string): void => {
      const [term, what] = [document.createElement('dt'), document.createElement('dd')];
      [term.textContent, what.textContent] = [name, value];
      list.append(term, what);
    };
    add(words.tickets, String(report.tickets.length));
    for (const [name, value] of Object.entries(first.ticket.fields)) add(words.names[name as FieldName], value.slice(0, 120));
    for (const [name, value] of Object.entries(first.ticket.further)) add(name, String(value).slice(0, 120));
    add(words.score, card.shown ?? (card.probability === null ? words.notEnough : exactPercent(card.probability, words.locale)));
    for (const gap of card.partial) add(words.missing, gap);
    output.replaceChildren(list);
  } catch (error) {
    output.classList.add('wrong');
    output.textContent = error instanceof Error ? error.message : String(error);
  }
}

/** Lets the user point at something on the open tab; the selector that finds it. */
export async function pickOn(sites: readonly Site[], what: string, words: PageWords): Promise<string | undefined> {
  const tabId = await helpdeskTab(sites, words);
  const here = await chrome.tabs.getCurrent();
  await chrome.tabs.update(tabId, { active: true });
  const found = (await chrome.tabs.sendMessage(tabId, { page: 'pick', what } satisfies PageAsk)) as { selector: string } | null;
  if (here?.id !== undefined) await chrome.tabs.update(here.id, { active: true });
  return found?.selector;
}
