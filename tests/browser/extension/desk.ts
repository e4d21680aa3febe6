import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import type { Page } from '@playwright/test';
import type { DeskData } from '../../../www/demo/desk-data.ts';
import { elementsPort, root } from '../places.ts';

/** The helpdesk that `tests/helpdesk` sets up: the desk's tickets in django-helpdesk, as it is and under a strict policy. */
export const helpdeskPorts = { plain: elementsPort + 14, strict: elementsPort + 15 };
export const bundlePort = elementsPort + 16;
export const roundupPort = elementsPort + 17;
export const python = join(root, '.cache/helpdesk/bin/python');
export const helpdeskState = join(root, '.cache/helpdesk-state');
export const roundupPython = join(root, '.cache/roundup/bin/python');
export const roundupState = join(root, '.cache/roundup-state');
export const strictPolicy = "default-src 'self'; script-src 'self'; style-src 'self'; object-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

export const plain = `http://127.0.0.1:${helpdeskPorts.plain}`;
export const strict = `http://127.0.0.1:${helpdeskPorts.strict}`;
export const roundup = `http://127.0.0.1:${roundupPort}`;
export const bundleAddress = `http://127.0.0.1:${bundlePort}/`;

export const desk = JSON.parse(readFileSync(join(root, '.cache/desk.json'), 'utf8')) as DeskData;

/** The number that a ticket has in the helpdesk. */
export const numberOf = (ticketId: unknown): string => String(Number(String(ticketId).replace(/\D/g, '')));

export async function signIn(page: Page, origin: string): Promise<void> {
  await page.goto(`${origin}/tickets/`);
  // Ports of one host share their cookies, and both helpdesks their sessions.
  if (!page.url().includes('/login')) return;
  await page.locator('input[name=username]').fill('agent');
  await page.locator('input[name=password]').fill('agent');
  await page.locator('form button[type=submit], form input[type=submit]').first().click();
  await expect(page).not.toHaveURL(/login/);
}
