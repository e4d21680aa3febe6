// Chromium's offscreen document: it lives on while the service worker comes and goes.
import { failed } from '../messages.ts';
import type { EngineAsk } from '../messages.ts';
import type { Settings } from '../settings.ts';
import { Desk } from './desk.ts';

const desk = new Desk();

chrome.runtime.onMessage.addListener((message: { engine?: EngineAsk; settings?: Settings }, sender, answer) => {
  // Messages of content scripts come here too; only the background's own are taken.
  if (sender.id !== chrome.runtime.id || sender.tab || !message.engine || !message.settings) return false;
  desk.answer(message.engine, message.settings).then(
    (found) => answer({ ok: true, answer: found }),
    (error: unknown) => answer(failed(error)),
  );
  return true;
});
