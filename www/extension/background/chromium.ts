// Chromium's service worker: the engine is in the offscreen document.
import type { Answer, EngineAskName } from '../messages.ts';
import { serve } from './serve.ts';

let ready: Promise<void> | undefined;

/** The offscreen document, listening. While one is being made it is among the contexts already, so whoever comes meanwhile waits for the same. */
function offscreen(): Promise<void> {
  ready ??= made().finally(() => (ready = undefined));
  return ready;
}

async function made(): Promise<void> {
  const there = await chrome.runtime.getContexts({ contextTypes: ['OFFSCREEN_DOCUMENT' as chrome.runtime.ContextType] });
  if (there.length > 0) return;
  try {
    await chrome.offscreen.createDocument({ url: 'offscreen.html', reasons: ['WORKERS' as chrome.offscreen.Reason], justification: 'Scores tickets in a worker, which a service worker cannot start' });
  } catch (error) {
    // Another start of this worker may have made it meanwhile.
    if (!String(error).includes('single offscreen')) throw error;
  }
}

serve(async (engine, settings) => {
  await offscreen();
  return (await chrome.runtime.sendMessage({ engine, settings })) as Answer<EngineAskName>;
});
