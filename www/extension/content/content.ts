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

if (!globalThis.bellwetherIsHere && self === top) {
  globalThis.bellwetherIsHere = true;
  addWords('de', german);
  void start();
}

async function start(): Promise<void> {
  const settings = await ask('site', {}).catch(() => null);
  if (!settings) {
    globalThis.bellwetherIsHere = false;
    return;
  }
  const hooks = settings.helpdesk === 'custom' ? customHooks(settings.custom) : (helpdesks.find(({ id }) => id === settings.helpdesk) ?? helpdesks.find((hooks) => new Adapter(hooks).matches(location, document)));
  const watch = hooks && typeof hooks !== 'string' ? new Watch(document, new Adapter(hooks), settings) : undefined;
  chrome.runtime.onMessage.addListener((message: PageAsk, sender, answer) => {
    if (sender.id !== chrome.runtime.id || typeof message.page !== 'string') return false;
    switch (message.page) {
      case 'tickets':
      case 'examine':
        answer(watch ? watch.report() : { kind: 'elsewhere', missing: [typeof hooks === 'string' ? hooks : 'no adapter'], givenUp: false, tickets: [], thresholds: null });
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
  watch?.start();
}
