import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { BrowserContext, Page } from '@playwright/test';
import { pkg } from '../places.ts';
import { predicted } from './ask.ts';
import { backgroundOf, deskSettings, drawn, idOf, launched } from './browser.ts';
import { bundleAddress, desk, numberOf, plain, signIn } from './desk.ts';

const folder = join(pkg, 'extension/chromium');
const id = idOf(folder);
const number = numberOf(desk.tickets[0]?.['ticket_id']);

/**
 * The built extension, not a copy, with the question for a host answered beforehand on the browser's own page of extensions
 * (*site access*), since no driver reaches the question itself. Nothing is granted until the options ask for it.
 */
async function answeredBeforehand(): Promise<BrowserContext> {
  const context = await launched(mkdtempSync(join(tmpdir(), 'bellwether-grant-')), [folder]);
  await backgroundOf(context, folder);
  // The options open by themselves after an installation.
  await expect.poll(() => context.pages().some((page) => page.url().endsWith('/options.html'))).toBe(true);
  const extensions = await context.newPage();
  await extensions.goto('chrome://extensions/');
  await answer(extensions);
  await extensions.close();
  return context;
}

const answer = (extensions: Page): Promise<void> =>
  extensions.evaluate(async (extensionId) => {
    const { developerPrivate } = chrome as unknown as { developerPrivate: { updateExtensionConfiguration(of: object): Promise<void>; addHostPermission(id: string, host: string): Promise<void> } };
    await developerPrivate.addHostPermission(extensionId, 'http://127.0.0.1/*');
    await developerPrivate.updateExtensionConfiguration({ extensionId, hostAccess: 'ON_SPECIFIC_SITES' });
    await developerPrivate.addHostPermission(extensionId, 'http://127.0.0.1/*');
  }, id);

test('one host is granted at run time and taken back: the badges come, and go without a trace', async () => {
  const context = await answeredBeforehand();
  const background = await backgroundOf(context, folder);
  const granted = (): Promise<string[] | undefined> => background.evaluate(async () => (await chrome.permissions.getAll()).origins);
  const registered = (): Promise<number> => background.evaluate(async () => (await chrome.scripting.getRegisteredContentScripts()).length);
  const page = await context.newPage();
  await signIn(page, plain);
  await page.goto(`${plain}/tickets/`);
  await expect(page.locator('.tickettitle a').first()).toBeVisible();
  // The page as it stands, but for what each answer of the helpdesk has anew.
  const stands = async (): Promise<string> => (await page.evaluate(() => document.documentElement.outerHTML)).replace(/name="csrfmiddlewaretoken" value="\w+"/g, '');
  // Scripts of the helpdesk's own may still be at work on it.
  let before = '';
  await expect.poll(async () => before === (before = await stands())).toBe(true);
  expect([await granted(), await registered(), await drawn(page)]).toEqual([[], 0, []]);

  const options = await context.newPage();
  await options.goto(`chrome-extension://${id}/options.html`);
  await options.locator('#bundle').fill(bundleAddress);
  await options.locator('#key').fill(deskSettings.mapping?.key ?? '');
  await options.locator('#values').fill('priority: 1 = P1\npriority: 2 = P2\npriority: 3 = P3\npriority: 4 = P4');
  await options.locator('#moment').selectOption('bundle');
  await options.locator('#new-origin').fill(`${plain}/tickets/`);
  await options.locator('#new-helpdesk').selectOption('django-helpdesk');
  await options.getByRole('button', { name: 'Grant and add' }).click();
  await expect(options.locator('#said')).toHaveText('Saved.');
  await expect(options.locator('#sites li')).toHaveText([/django-helpdesk/]);
  // Registering the content script follows what was saved.
  await expect.poll(async () => [await granted(), await registered()]).toEqual([['http://127.0.0.1/*'], 1]);

  // The page that was open already gets them, and so does the next.
  await expect.poll(async () => (await drawn(page)).filter(({ kind }) => kind === 'badge').length).toBeGreaterThan(20);
  await page.goto(`${plain}/tickets/${number}/`);
  await expect.poll(async () => (await drawn(page))[0]?.words ?? '').toContain('likely to escalate');
  const exact = (predicted().get(number) ?? NaN) * 100;
  await expect.poll(async () => Math.abs(((await drawn(page))[0]?.exact ?? NaN) - exact)).toBeLessThan(0.05);
  await page.goto(`${plain}/tickets/`);
  await expect.poll(async () => (await drawn(page)).length).toBeGreaterThan(20);

  // The bundle is on the same host, and would keep the right.
  await options.locator('#bundle').fill('');
  await options.getByRole('button', { name: 'Remove' }).click();
  await expect(options.locator('#sites li')).toHaveCount(0);
  await expect.poll(async () => (await drawn(page)).length).toBe(0);
  await expect.poll(async () => [await granted(), await registered()]).toEqual([[], 0]);
  await expect.poll(stands).toBe(before);
  await page.reload();
  await expect(page.locator('.tickettitle a').first()).toBeVisible();
  await page.waitForTimeout(1500);
  expect(await drawn(page)).toEqual([]);
  await context.close();
});

test('a right that is taken back in the browser’s own settings is gone at once, on open pages too', async () => {
  const context = await answeredBeforehand();
  const background = await backgroundOf(context, folder);
  const page = await context.newPage();
  await signIn(page, plain);
  const options = await context.newPage();
  await options.goto(`chrome-extension://${id}/options.html`);
  await options.locator('#bundle').fill(bundleAddress);
  await options.locator('#new-origin').fill(plain);
  await options.locator('#new-helpdesk').selectOption('django-helpdesk');
  await options.getByRole('button', { name: 'Grant and add' }).click();
  await expect(options.locator('#said')).toHaveText('Saved.');
  await expect.poll(async () => (await drawn(page)).length).toBeGreaterThan(20);
  await background.evaluate(() => chrome.permissions.remove({ origins: ['http://127.0.0.1/*'] }));
  await expect.poll(async () => (await drawn(page)).length).toBe(0);
  // The options offer it again.
  await options.reload();
  await options.getByRole('button', { name: 'Grant', exact: true }).click();
  await expect.poll(async () => (await drawn(page)).length).toBeGreaterThan(20);
  await context.close();
});
