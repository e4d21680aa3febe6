// The extension's pages ask a background that the browser stops and wakes as it likes.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const { build } = createRequire(at('www/package.json'))('esbuild');
const { outputFiles } = await build({ entryPoints: [at('www/extension/messages.ts')], bundle: true, format: 'esm', write: false });
const { ask } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);

const noWorker = { ok: false, error: 'No SW' };
let answers, asked;

beforeEach(() => {
  asked = [];
  globalThis.chrome = {
    i18n: { getUILanguage: () => 'en' },
    runtime: {
      async sendMessage(message) {
        asked.push(message);
        const next = answers.shift();
        if (next instanceof Error) throw next;
        return next;
      },
    },
  };
});

test('an answer is handed on, and asked for once', async () => {
  answers = [{ ok: true, answer: null }];
  assert.equal(await ask('flag', { state: '' }), null);
  assert.deepEqual(asked, [{ ask: 'flag', state: '' }]);
});

for (const [how, first] of [['says nothing', undefined], ['says that it is being stopped', noWorker], ['is gone', new Error('Could not establish connection.')]]) {
  test(`a background that ${how} is asked once more`, async () => {
    answers = [first, { ok: true, answer: null }];
    assert.equal(await ask('flag', { state: '' }), null);
    assert.equal(asked.length, 2);
  });
}

test('one that does not answer again is said to have no answer, in words', async () => {
  answers = [undefined, noWorker];
  await assert.rejects(ask('flag', { state: '' }), (error) => !error.message.includes('No SW') && error.message.length > 20);
  answers = [noWorker, new Error('Could not establish connection.\nat line 3')];
  await assert.rejects(ask('flag', { state: '' }), /Could not establish connection\.\)$/);
});

test('what it says is wrong is passed on and not asked again', async () => {
  answers = [{ ok: false, error: 'no bundle is set' }];
  await assert.rejects(ask('flag', { state: '' }), { message: 'no bundle is set' });
  assert.equal(asked.length, 1);
});
