import puppeteer from 'puppeteer-core';
import type { Browser, Page } from 'puppeteer-core';

export const id = 'bellwether@bellwether.example';

/** Firefox with the extension of a folder. `home`: where it looks for what an administrator has set. */
export async function launchedFirefox(folder: string, home: string): Promise<Browser> {
  const firefox = await puppeteer.launch({
    browser: 'firefox',
    executablePath: process.env['FIREFOX'] ?? '/usr/bin/firefox-esr',
    headless: true,
    args: ['--remote-allow-system-access'],
    env: { ...process.env, HOME: home },
    // The question for a host is answered with yes: no driver reaches it.
    extraPrefsFirefox: { 'xpinstall.signatures.required': false, 'extensions.webextOptionalPermissionPrompts': false },
  });
  await firefox.installExtension(folder);
  return firefox;
}

interface Remote {
  value?: { shadowRoot?: Remote | null; children?: Remote[]; nodeValue?: string; localName?: string; attributes?: Record<string, string> } | Remote[];
}

interface Line {
  connection: { send<T>(method: string, params: object): Promise<{ result: T }> };
}

/** The words and the exact figure of everything drawn, which the driver sees past the closed roots. */
export async function drawnIn(firefox: Browser, page: Page): Promise<{ words: string; exact: number }[]> {
  const { connection } = firefox as unknown as Line;
  const { result } = await connection.send<{ result: Remote }>('script.evaluate', {
    expression: `[...document.querySelectorAll('[style*="important"]:empty')]`,
    target: { context: (page.mainFrame() as unknown as { _id: string })._id },
    awaitPromise: false,
    serializationOptions: { maxDomDepth: 30, includeShadowTree: 'all' },
  });
  return (result.result.value as Remote[]).map((node) => ({ words: words(node).replace(/\s+/g, ' ').trim(), exact: exact(node) }));
}

const parts = ({ value }: Remote): Remote[] => (value && !Array.isArray(value) ? [...(value.shadowRoot ? [value.shadowRoot] : []), ...(value.children ?? [])] : []);
const words = (node: Remote): string => (node.value && !Array.isArray(node.value) && node.value.localName !== 'style' ? (node.value.nodeValue ?? '') + parts(node).map(words).join('') : '');

function exact(node: Remote): number {
  const title = node.value && !Array.isArray(node.value) ? /^([\d.]+)\u00a0%$/.exec(node.value.attributes?.['title'] ?? '')?.[1] : undefined;
  if (title !== undefined) return Number(title);
  return parts(node).map(exact).find((value) => !Number.isNaN(value)) ?? NaN;
}

/**
 * Runs code in the extension's options, in a tab of its own, and answers what it returns. Drivers may not enter an extension's
 * pages in Firefox; the browser's own window may, and with `--remote-allow-system-access` a driver may enter that.
 */
export async function inOptions(firefox: Browser, code: string): Promise<string> {
  const { connection } = firefox as unknown as Line;
  const tree = await connection.send<{ contexts: { context: string }[] }>('browsingContext.getTree', { 'moz:scope': 'chrome' });
  const script = `(async () => {
    const document = content.document;
    while (document.readyState !== 'complete' || document.getElementById('all').disabled) await new Promise((resolve) => content.setTimeout(resolve, 50));
    // As if a person had pressed something: only then may a page ask for a right.
    const pressing = content.windowUtils.setHandlingUserInput(true);
    try {
      return await (async () => { ${code} })();
    } finally {
      pressing.destruct();
    }
  })().then((answer) => sendAsyncMessage('answer', String(answer)), (error) => sendAsyncMessage('answer', 'failed: ' + error))`;
  const { result } = await connection.send<{ result: { value?: string } }>('script.evaluate', {
    expression: `(async () => {
      const url = WebExtensionPolicy.getByID(${JSON.stringify(id)}).getURL('options.html');
      let tab = gBrowser.tabs.find(({ linkedBrowser }) => linkedBrowser.currentURI.spec === url);
      if (!tab) {
        tab = gBrowser.addTab(url, { triggeringPrincipal: Services.scriptSecurityManager.getSystemPrincipal() });
        while (tab.linkedBrowser.currentURI.spec !== url) await new Promise((resolve) => setTimeout(resolve, 50));
      }
      // In a tab that is not in view time stands almost still.
      gBrowser.selectedTab = tab;
      const { messageManager } = tab.linkedBrowser;
      return new Promise((resolve) => {
        const heard = ({ data }) => { messageManager.removeMessageListener('answer', heard); resolve(data); };
        messageManager.addMessageListener('answer', heard);
        messageManager.loadFrameScript('data:,' + encodeURIComponent(${JSON.stringify(script)}), false);
      });
    })()`,
    target: { context: tree.result.contexts[0]?.context },
    awaitPromise: true,
  });
  return result.result.value ?? '';
}
