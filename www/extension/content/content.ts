// The content script: reads tickets off the page and draws on it. It scores nothing and fetches nothing.
import { addWords } from '../../elements/words.ts';
import { german } from '../../elements/words.de.ts';
import { Adapter, customHooks, helpdesks } from '../../adapters/index.ts';
import { ask } from '../messages.ts';
import type { PageAsk } from '../messages.ts';
import { pick } from './pick.ts';
import { Watch } from './watch.ts';

declare global {
  /** Set once per page: a script that is injected again does nothing. */
  var bellwetherIsHere: boolean | undefined;
}

/** What is on the page now: nothing where the settings do not name it. */
let watch: Watch | undefined;
let missing = 'no adapter';
let turn = 0;

/** Follows the page as the settings say; what was drawn by other settings is undone. False where they do not name it. */
async function follow(): Promise<boolean> {
  const mine = ++turn;
  // While nobody answers, what is drawn stays.
  const settings = await ask('site', {}).catch(() => undefined);
  if (settings === undefined || mine !== turn) return watch !== undefined;
  watch?.end();
  watch = undefined;
  if (!settings) return false;
  const hooks = settings.helpdesk === 'custom' ? customHooks(settings.custom) : (helpdesks.find(({ id }) => id === settings.helpdesk) ?? helpdesks.find((hooks) => new Adapter(hooks).matches(location, document)));
  missing = typeof hooks === 'string' ? hooks : 'no adapter';
  watch = hooks && typeof hooks !== 'string' ? new Watch(document, new Adapter(hooks), settings) : undefined;
  watch?.start();
  return true;
}

async function begin(): Promise<void> {
  if (!(await follow())) {
    globalThis.bellwetherIsHere = false;
    return;
  }
  chrome.runtime.onMessage.addListener((message: PageAsk, sender, answer) => {
    if (sender.id !== chrome.runtime.id || typeof message.page !== 'string') return false;
    switch (message.page) {
      case 'settings':
        void follow();
        answer(null);
        return false;
      case 'tickets':
      case 'examine':
        answer(watch ? watch.report() : { kind: 'elsewhere', missing: [missing], givenUp: false, tickets: [], thresholds: null });
        return false;
      case 'reveal':
        watch?.reveal(message.id);
        answer(null);
        return false;
      case 'pick':
        void pick(document, message.what).then(answer);
        return true;
    }
  });
}

if (!globalThis.bellwetherIsHere && self === top) {
  globalThis.bellwetherIsHere = true;
  addWords('de', german);
  void begin();
}
