// Chromium's service worker asks the engine in the offscreen document, which stands among the contexts before it listens.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const { build } = createRequire(at('www/package.json'))('esbuild');
const { outputFiles } = await build({ entryPoints: [at('www/extension/background/chromium.ts')], bundle: true, format: 'esm', write: false });

const origin = 'chrome-extension://bellwether/';
const later = () => new Promise((resolve) => setTimeout(resolve, 5));
const never = { addListener() {} };
let onMessage;
let there = false;
let listening = false;
let made = 0;

globalThis.chrome = {
  runtime: {
    id: 'bellwether',
    getURL: (path) => origin + path,
    onMessage: { addListener: (listener) => (onMessage = listener) },
    onInstalled: never,
    onStartup: never,
    getContexts: async () => (there ? [{}] : []),
    // Nobody hears what is sent to a document that does not listen yet.
    sendMessage: async ({ engine }) => (listening ? { ok: true, answer: engine.ask } : undefined),
  },
  offscreen: {
    async createDocument() {
      made++;
      there = true;
      await later();
      listening = true;
    },
  },
  storage: { local: { get: async () => ({}) }, managed: { get: async () => ({}) }, onChanged: never },
  permissions: { onAdded: never, onRemoved: never },
};
await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);

const ask = (name) => new Promise((resolve) => onMessage({ ask: name, language: 'en' }, { id: 'bellwether', url: `${origin}popup.html` }, resolve));

test('whoever asks while the document is being made is answered once it listens', async () => {
  const first = ask('bundle');
  while (!there) await new Promise((resolve) => setImmediate(resolve));
  const second = ask('score');
  assert.deepEqual(await Promise.all([first, second]), [{ ok: true, answer: 'bundle' }, { ok: true, answer: 'score' }]);
  assert.equal(made, 1);
});

test('a document that stands is asked at once', async () => {
  assert.deepEqual(await ask('explain'), { ok: true, answer: 'explain' });
  assert.equal(made, 1);
});
