import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { pkg } from '../places.ts';
import { backgroundOf, deskSettings, drawn, idOf, launched } from './browser.ts';
import { plain, signIn } from './desk.ts';

const policies = '/etc/chromium/policies/managed';

test('what an administrator sets by policy holds, in Chromium, and cannot be changed in the options', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-managed-'));
  const at = join(folder, 'extension');
  const id = idOf(at);
  const policy = join(policies, `bellwether-test-${process.pid}.json`);
  try {
    mkdirSync(policies, { recursive: true });
    writeFileSync(policy, JSON.stringify({ '3rdparty': { extensions: { [id]: { ...deskSettings, language: 'de', thresholds: { watch: 0.0001, likely: 0.0002, critical: 0.0003 }, unheard: { of: 1 } } } } }));
  } catch (error) {
    test.skip(true, `Chromium reads policies from ${policies}, which this user may not write: ${String(error)}`);
  }
  try {
    cpSync(join(pkg, 'extension/chromium'), at, { recursive: true });
    const manifest = JSON.parse(readFileSync(join(at, 'manifest.json'), 'utf8')) as object;
    writeFileSync(join(at, 'manifest.json'), JSON.stringify({ ...manifest, host_permissions: ['http://127.0.0.1/*'] }));
    const context = await launched(join(folder, 'profile'), [at]);
    const background = await backgroundOf(context, at);
    // The user's own settings lie under it.
    await background.evaluate(() => chrome.storage.local.set({ settings: { bundle: 'http://127.0.0.1:1/', sites: [], language: 'en' } }));
    await expect.poll(() => background.evaluate(async () => (await chrome.scripting.getRegisteredContentScripts()).length)).toBe(1);
    const page = await context.newPage();
    await signIn(page, plain);
    await page.goto(`${plain}/tickets/`);
    await expect.poll(async () => (await drawn(page)).filter(({ words }) => words.includes('Kritisch')).length).toBeGreaterThan(20);

    const options = await context.newPage();
    await options.goto(`chrome-extension://${id}/options.html`);
    await expect(options.locator('#managed')).toBeVisible();
    await expect(options.locator('#bundle')).toHaveValue(deskSettings.bundle ?? '');
    for (const fixed of ['bundle', 'new-origin', 'add', 'key', 'values', 'language', 'moment', 'watch']) await expect(options.locator(`#${fixed}`)).toBeDisabled();
    await expect(options.locator('#custom-address')).toBeEnabled();
    await expect(options.locator('#sites button')).toHaveCount(0);
    // Saving keeps the user's own under the administrator's, and does not make the administrator's the user's.
    await options.locator('#custom-address').fill('/case/{id}');
    await options.getByRole('button', { name: 'Speichern' }).click();
    await expect(options.locator('#said')).toHaveText('Gespeichert.');
    expect(await background.evaluate(async () => (await chrome.storage.local.get('settings'))['settings'])).toMatchObject({ bundle: 'http://127.0.0.1:1/', sites: [], language: 'en', custom: { ticketAddress: '/case/{id}' } });
    await context.close();
  } finally {
    rmSync(policy, { force: true });
    rmSync(folder, { recursive: true, force: true });
  }
});
