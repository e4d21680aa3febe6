import { failed, uiLanguage } from '../messages.ts';
import type { Answer, Ask, AskName, EngineAsk, EngineAskName, PageAsk, PageSettings } from '../messages.ts';
import { sayings } from '../say.ts';
import { patternOf, readSettings } from '../settings.ts';
import type { Settings } from '../settings.ts';
import { answerFeedback } from './feedback.ts';

/** How the engine is asked in this browser. */
export type EngineLine = (ask: EngineAsk, settings: Settings) => Promise<Answer<EngineAskName>>;

const engineAsks = new Set<string>(['score', 'explain', 'whatIf', 'bundle'] satisfies EngineAskName[]);

/** Answers content scripts and the extension's own pages, and keeps the content script registered where it may be. */
export function serve(engine: EngineLine): void {
  chrome.runtime.onMessage.addListener((message: Ask, sender, answer) => {
    if (sender.id !== chrome.runtime.id || typeof message.ask !== 'string') return false;
    reply(message, sender, engine).then(answer, (error: unknown) => answer(failed(error)));
    return true;
  });
  let registering: Promise<void> = Promise.resolve();
  const register = (): void => {
    registering = registering
      .then(registerContentScript)
      .then(tellPages)
      .catch((error: unknown) => console.warn('Bellwether: the content script cannot be registered:', error));
  };
  chrome.runtime.onInstalled.addListener(({ reason }) => {
    register();
    if (reason === 'install') void chrome.runtime.openOptionsPage();
  });
  chrome.runtime.onStartup.addListener(register);
  chrome.permissions.onAdded.addListener(register);
  chrome.permissions.onRemoved.addListener(register);
  chrome.storage.onChanged.addListener((changes, area) => {
    if (area === 'managed' || changes['settings']) register();
  });
}

async function reply(message: Ask, sender: chrome.runtime.MessageSender, engine: EngineLine): Promise<Answer<AskName>> {
  const { settings } = await readSettings();
  const site = await siteOf(sender, settings);
  // From a tab only those pages are answered that the settings name; the extension's own pages have no such bounds.
  const own = sender.url?.startsWith(chrome.runtime.getURL('')) ?? false;
  if (message.ask === 'site') return { ok: true, answer: site };
  if (!own && !site) return { ok: false, error: sayings(settings.language || uiLanguage()).otherPage };
  if (message.ask === 'begin' && sender.tab?.id !== undefined) {
    await chrome.scripting.executeScript({ target: { tabId: sender.tab.id }, files: ['content.js'] });
    return { ok: true, answer: null };
  }
  if (engineAsks.has(message.ask)) return engine(message as EngineAsk, settings);
  if (message.ask === 'feedback') return { ok: true, answer: await answerFeedback(message) };
  if (message.ask === 'flag' && sender.tab?.id !== undefined) await flag(sender.tab.id, message.state, settings.language || uiLanguage());
  return { ok: true, answer: null };
}

/** What the settings say of the page that asks. A right may also be taken back in the browser's own settings. */
async function siteOf({ url, origin }: chrome.runtime.MessageSender, { sites, custom, mapping, language }: Settings): Promise<PageSettings | null> {
  const from = origin ?? (url ? new URL(url).origin : '');
  const site = sites.find((site) => site.origin === from);
  const granted = site && (await chrome.permissions.contains({ origins: [patternOf(from)] }));
  return granted ? { helpdesk: site.helpdesk, custom, further: mapping.further, language } : null;
}

/** On the toolbar, which no page reaches. */
async function flag(tabId: number, state: '' | 'mismatch' | 'removed', language: string): Promise<void> {
  const { mismatchFlag, removedFlag } = sayings(language);
  await chrome.action.setBadgeText({ tabId, text: state === '' ? '' : '!' });
  await chrome.action.setTitle({ tabId, title: { '': 'Bellwether', mismatch: mismatchFlag, removed: removedFlag }[state] });
}

const scriptId = 'helpdesks';

/**
 * The content script's loader on the origins that were granted, and on no others. At the document's start, because Chromium
 * puts a page's load event off, behind whatever timers the page has set, while scripts for later wait to be put in.
 */
async function registerContentScript(): Promise<void> {
  const { settings } = await readSettings();
  const patterns = [...new Set(settings.sites.map(({ origin }) => patternOf(origin)))];
  const granted = await Promise.all(patterns.map(async (pattern) => ((await chrome.permissions.contains({ origins: [pattern] })) ? [pattern] : [])));
  const matches = granted.flat();
  const there = await chrome.scripting.getRegisteredContentScripts({ ids: [scriptId] });
  const script = { id: scriptId, js: ['loader.js'], runAt: 'document_start' as const, persistAcrossSessions: true };
  if (matches.length === 0) {
    if (there.length > 0) await chrome.scripting.unregisterContentScripts({ ids: [scriptId] });
  } else if (there.length > 0) {
    await chrome.scripting.updateContentScripts([{ ...script, matches }]);
  } else {
    await chrome.scripting.registerContentScripts([{ ...script, matches }]);
  }
}

/** Pages that are open follow what was granted, taken back or set: those with the content script look again, others get it. */
async function tellPages(): Promise<void> {
  const { settings } = await readSettings();
  for (const { id, url } of await chrome.tabs.query({})) {
    if (id === undefined) continue;
    const heard = await chrome.tabs.sendMessage(id, { page: 'settings' } satisfies PageAsk).then(() => true, () => false);
    // Only of hosts that were granted is the address known.
    if (heard || !url || !settings.sites.some(({ origin }) => url.startsWith(`${origin}/`))) continue;
    await chrome.scripting.executeScript({ target: { tabId: id }, files: ['content.js'] }).catch(() => undefined);
  }
}
