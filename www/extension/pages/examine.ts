import { ask } from '../messages.ts';
import type { PageAsk, PageReport } from '../messages.ts';
import { patternOf, readSettings } from '../settings.ts';
import type { Site } from '../settings.ts';

/** The tab of one of the sites that was looked at last, with the content script in it. */
export async function helpdeskTab(sites: readonly Site[]): Promise<number> {
  const urls = sites.map(({ origin }) => patternOf(origin));
  const tabs = urls.length ? await chrome.tabs.query({ url: urls }) : [];
  const [tab] = tabs.filter(({ url }) => sites.some(({ origin }) => url?.startsWith(`${origin}/`))).sort((a, b) => (b.lastAccessed ?? 0) - (a.lastAccessed ?? 0));
  if (tab?.id === undefined) throw new Error('Open a ticket of one of these helpdesks in another tab first.');
  await chrome.scripting.executeScript({ target: { tabId: tab.id }, files: ['content.js'] });
  return tab.id;
}

/** What is read off the open tab, and what comes of it. */
export async function examine(output: HTMLElement): Promise<void> {
  output.classList.remove('wrong');
  output.textContent = 'Reading the open tab…';
  try {
    const { settings } = await readSettings();
    const tabId = await helpdeskTab(settings.sites);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const report = (await chrome.tabs.sendMessage(tabId, { page: 'examine' } satisfies PageAsk)) as PageReport;
    if (report.kind === 'mismatch') throw new Error(`The page is not as the adapter knows it: ${report.missing.join(', ')} is missing.`);
    const [first] = report.tickets;
    if (!first) throw new Error('There is no ticket on that tab: open one, or a list of them.');
    const { card } = await ask('explain', { ticket: first.ticket });
    const list = document.createElement('dl');
    const add = (name: string, value: string): void => {
      const [term, what] = [document.createElement('dt'), document.createElement('dd')];
      [term.textContent, what.textContent] = [name, value];
      list.append(term, what);
    };
    add('Tickets', String(report.tickets.length));
    for (const [name, value] of Object.entries({ ...first.ticket.fields, ...first.ticket.further })) add(name, String(value).slice(0, 120));
    add('Score', card.probability === null ? 'Not enough is known to say' : `${(card.probability * 100).toFixed(2)} %`);
    for (const gap of card.partial) add('Missing', gap);
    output.replaceChildren(list);
  } catch (error) {
    output.classList.add('wrong');
    output.textContent = error instanceof Error ? error.message : String(error);
  }
}

/** Lets the user point at something on the open tab; the selector that finds it. */
export async function pickOn(sites: readonly Site[], what: string): Promise<string | undefined> {
  const tabId = await helpdeskTab(sites);
  const here = await chrome.tabs.getCurrent();
  await chrome.tabs.update(tabId, { active: true });
  const found = (await chrome.tabs.sendMessage(tabId, { page: 'pick', what } satisfies PageAsk)) as { selector: string } | null;
  if (here?.id !== undefined) await chrome.tabs.update(here.id, { active: true });
  return found?.selector;
}
