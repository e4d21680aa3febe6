import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { FrameLocator, Page } from '@playwright/test';
import { exactPercent } from '../../www/elements/say.ts';
import { predicted } from './extension/ask.ts';
import { desk, numberOf } from './extension/desk.ts';
import { elementsPort } from './places.ts';

const origin = `http://localhost:${elementsPort}`;
const address = `http://127.0.0.1:${elementsPort}/pkg/widget/index.html`;
const [first, second] = desk.tickets;
const expected = predicted();
const likely = (ticket: unknown): string => exactPercent(expected.get(numberOf((ticket as { ticket_id?: unknown } | undefined)?.ticket_id)) ?? NaN);

/** A console's page around the widget. */
async function host(page: Page, settings: object): Promise<FrameLocator> {
  await page.route('**/widget.json', (route) => route.fulfill({ json: { bundle: '/pkg/demo/bundle/', moment: 'bundle', ...settings } }));
  await page.goto(`${origin}/fixtures/console.html`);
  await page.locator('#widget').evaluate((frame, address) => ((frame as HTMLIFrameElement).src = address), address);
  return page.frameLocator('#widget');
}

const post = (page: Page, message: unknown): Promise<void> =>
  page.evaluate((message) => (document.getElementById('widget') as HTMLIFrameElement).contentWindow?.postMessage(message, '*'), message);
const heard = (page: Page): Promise<{ data: unknown; origin: string }[]> => page.evaluate(() => (window as unknown as { heard: { data: unknown; origin: string }[] }).heard);

test('by messages: the widget says that it is ready, scores the ticket it is told, and says the score', async ({ page }) => {
  const widget = await host(page, { console: 'message', hosts: [origin] });
  await expect.poll(async () => (await heard(page)).map(({ data }) => data)).toContainEqual({ bellwether: 1, type: 'ready' });
  await post(page, { bellwether: 1, type: 'ticket', ticket: { id: first?.['ticket_id'], subject: '<img src=x onerror="parent.postMessage(1)">' } });
  await expect(widget.locator('strong')).toHaveAttribute('title', likely(first));
  await post(page, { bellwether: 1, type: 'ticket', ticket: { id: second?.['ticket_id'] } });
  await expect(widget.locator('strong')).toHaveAttribute('title', likely(second));
  const scores = (await heard(page)).flatMap(({ data, origin }) => ((data as { type?: string }).type === 'score' ? [{ ...(data as { id: string; probability: number }), origin }] : []));
  expect(scores.map(({ id }) => id)).toEqual([first?.['ticket_id'], second?.['ticket_id']]);
  expect(Math.abs((scores[0]?.probability ?? NaN) - (expected.get(numberOf(first?.['ticket_id'])) ?? NaN))).toBeLessThanOrEqual(1e-6);
});

test('of other origins, of other windows and of another shape nothing is taken', async ({ page }) => {
  const widget = await host(page, { console: 'message', hosts: ['https://console.example'] });
  await expect(widget.locator('bellwether-card')).toContainText('Open a ticket');
  const ticket = { bellwether: 1, type: 'ticket', ticket: { id: String(first?.['ticket_id']) } };
  await post(page, ticket);
  await page.waitForTimeout(500);
  await expect(widget.locator('bellwether-card')).toContainText('Open a ticket');
  // An origin that is not named hears nothing either.
  expect(await heard(page)).toEqual([]);

  await page.unrouteAll();
  const named = await host(page, { console: 'message', hosts: [origin] });
  await expect.poll(async () => (await heard(page)).length).toBeGreaterThan(0);
  // A frame beside it has the origin, but is not the window around it.
  await page.evaluate((ticket) => {
    const beside = document.createElement('iframe');
    beside.src = '/fixtures/elements.html';
    document.body.append(beside);
    return new Promise<void>((resolve) => {
      beside.onload = () => {
        const script = beside.contentDocument?.createElement('script');
        if (script) script.textContent = `parent.document.getElementById('widget').contentWindow.postMessage(${JSON.stringify(ticket)}, '*')`;
        beside.contentDocument?.body.append(script ?? '');
        resolve();
      };
    });
  }, ticket);
  for (const wrong of [{ ...ticket, bellwether: 2 }, { ...ticket, type: 'tickets' }, { bellwether: 1, type: 'ticket', ticket: { id: { toString: 1 } } }, null, 7, 'ticket', [ticket]]) await post(page, wrong);
  await page.waitForTimeout(500);
  await expect(named.locator('bellwether-card')).toContainText('Open a ticket');
  await post(page, ticket);
  await expect(named.locator('strong')).toHaveAttribute('title', likely(first));
});

test('in Chatwoot: asks for the conversation, and reads it from appContext', async ({ page }) => {
  const widget = await host(page, { console: 'chatwoot', hosts: [origin] });
  await expect.poll(async () => (await heard(page)).map(({ data }) => data)).toContain('chatwoot-dashboard-app:fetch-info');
  await post(page, '{"event": "appContext"');
  const conversation = { id: first?.['ticket_id'], messages: [{ message_type: 0, content: 'It fails' }], meta: { sender: { email: 'x@y.example' } }, created_at: 1767000000 };
  await post(page, JSON.stringify({ event: 'appContext', data: { conversation, contact: { email: 'x@y.example' }, currentAgent: { name: 'Priya' } } }));
  await expect(widget.locator('strong')).toHaveAttribute('title', likely(first));
});

test('in Zendesk: reads the ticket from its framework, again when it changes, and asks for room', async ({ page }) => {
  await page.addInitScript(
    ({ first, second }) => {
      if (window === parent) return;
      const listeners: Record<string, () => void> = {};
      const asked: unknown[] = [];
      let id = first;
      Object.assign(window, {
        asked,
        turn: () => { id = second; listeners['ticket.save']?.(); },
        ZAFClient: {
          init: () => ({
            get: async (what: string) => ({ [what]: { id, subject: 'x', description: '<p>Hi</p><img src=x onerror="window.ran=1"><script>window.ran=1</script>', priority: null, requester: { email: 'x@y.example' }, organization: { name: 'Y' }, assignee: {} } }),
            on: (event: string, listener: () => void) => (listeners[event] = listener),
            invoke: async (...all: unknown[]) => asked.push(all),
            metadata: async () => ({ settings: { bundle: '/pkg/demo/bundle/', settings: '{"moment":"bundle","mapping":{"key":"{id}"}}' } }),
          }),
        },
      });
    },
    { first: String(first?.['ticket_id']), second: String(second?.['ticket_id']) },
  );
  const widget = await host(page, { bundle: '', moment: 'now' });
  await expect(widget.locator('strong')).toHaveAttribute('title', likely(first));
  const frame = page.frames().find((frame) => frame.url() === address);
  await frame?.evaluate(() => (window as unknown as { turn(): void }).turn());
  await expect(widget.locator('strong')).toHaveAttribute('title', likely(second));
  expect(await frame?.evaluate(() => 'ran' in window)).toBe(false);
  await expect.poll(() => frame?.evaluate(() => (window as unknown as { asked: unknown[] }).asked.length)).toBeGreaterThan(0);
});

test('in Freshdesk: reads ticket, contact and company from its client', async ({ page }) => {
  await page.addInitScript((id) => {
    if (window === parent) return;
    const data: Record<string, object> = { ticket: { id, subject: 'x', description_text: 'y', priority: 4 }, contact: { email: 'x@y.example' } };
    Object.assign(window, {
      app: { initialized: async () => ({ data: { get: async (what: string) => { if (!data[what]) throw new Error('none'); return { [what]: data[what] }; } }, events: { on: () => undefined }, iparams: { get: async () => ({ bundle: '/pkg/demo/bundle/', settings: '{"moment":"bundle","mapping":{"key":"{id}"}}' }) } }) },
    });
  }, String(first?.['ticket_id']));
  const widget = await host(page, { bundle: '', moment: 'now' });
  await expect(widget.locator('strong')).toHaveAttribute('title', likely(first));
});

test('the Freshdesk app is laid out as the platform asks, and its page is the widget behind Freshworks’ framework', async () => {
  const app = join(import.meta.dirname, '../../pkg/freshdesk');
  const json = (name: string): unknown => JSON.parse(readFileSync(join(app, name), 'utf8'));
  const manifest = json('manifest.json') as { modules: { support_ticket: { location: { ticket_sidebar: { url: string; icon: string } } } } };
  expect(manifest).toMatchObject({ 'platform-version': '3.0', engines: { fdk: '9.1.0' } });
  const { url, icon } = manifest.modules.support_ticket.location.ticket_sidebar;
  const page = readFileSync(join(app, 'app', url), 'utf8');
  expect(page.indexOf('{{{appclient}}}')).toBeGreaterThan(0);
  expect(page.indexOf('widget.js')).toBeGreaterThan(page.indexOf('{{{appclient}}}'));
  for (const name of [icon, 'widget.js', 'worker.js', 'bellwether_bg.wasm']) expect(statSync(join(app, 'app', name)).size).toBeGreaterThan(0);
  const fields = json('config/iparams.json') as Record<string, { display_name: string; type: string }>;
  expect(Object.entries(fields).map(([name, { type }]) => [name, type])).toEqual([['bundle', 'text'], ['settings', 'paragraph']]);
});

test('without a bundle, or without a console, it says so in one sentence', async ({ page }) => {
  const widget = await host(page, { bundle: '' });
  await expect(widget.locator('[role=status]')).toContainText('No bundle is set');
  await page.unrouteAll();
  const lonely = await host(page, { hosts: [] });
  await expect(lonely.locator('[role=status]')).toContainText('No console is named');
});
