import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { buildSync } from 'esbuild';
import type * as adapters from '../../www/adapters/index.ts';

const here = import.meta.dirname;
const [module] = buildSync({ entryPoints: [join(here, '../../www/adapters/index.ts')], bundle: true, write: false, format: 'iife', globalName: 'adapters', footer: { js: 'globalThis.adapters = adapters;' } }).outputFiles;
const code = module?.text ?? '';

const own: adapters.CustomHooks = {
  ticketAddress: '/case/{id}', cardAfter: 'h1', row: '.case', rowFields: { subject: 'a' },
  fields: { subject: '.title', requester: '.mail', priority: '.urgency', description: '.text' },
};

/** What every ticket fixture says, as far as the helpdesk shows it. */
const all: adapters.Fields = {
  id: '35436', subject: 'Calls to /v1/users failing', description: 'Hi team, /v1/users answers with an error.', category: 'API error',
  requester: 'ann.berg@alder.example', organisation: 'Alder Analytics', agent: 'Priya',
};
const { category: _, ...noCategory } = all;
const { organisation: __, ...noOrganisation } = all;

const pages: { id: string; ticket: string; list?: string; says: adapters.Fields; lists?: adapters.Fields[] }[] = [
  { id: 'zendesk', ticket: 'https://acme.zendesk.com/agent/tickets/35436', list: 'https://acme.zendesk.com/agent/filters/1', says: { ...noCategory, priority: 'Urgent', created: '2025-12-30T09:00:00Z' }, lists: [{ id: '35436', subject: all.subject!, priority: 'Urgent', agent: 'Priya' }, { id: '35440', subject: 'Change of plan' }] },
  { id: 'freshdesk', ticket: 'https://acme.freshdesk.com/a/tickets/35436', list: 'https://acme.freshdesk.com/a/tickets/filters/all_tickets', says: { ...all, priority: 'Urgent' } },
  { id: 'jira', ticket: 'https://acme.atlassian.net/browse/HELP-35436', list: 'https://acme.atlassian.net/issues', says: { ...all, id: 'HELP-35436', priority: 'Highest' }, lists: [{ id: 'HELP-35436', subject: all.subject!, priority: 'Highest' }, { id: 'HELP-35440', subject: 'Change of plan' }] },
  { id: 'zammad', ticket: 'https://desk.acme.example/#ticket/zoom/35436', list: 'https://desk.acme.example/#ticket/view/my_assigned', says: { ...all, priority: '3 high', created: '2025-12-30T09:00:00Z' } },
  { id: 'osticket', ticket: 'https://desk.acme.example/scp/tickets.php?id=35436', list: 'https://desk.acme.example/scp/tickets.php?queue=1', says: { ...all, priority: 'Emergency', created: '12/30/25 9:00 AM' } },
  { id: 'freescout', ticket: 'https://desk.acme.example/conversation/35436?folder_id=1', list: 'https://desk.acme.example/mailbox/1/2', says: noCategory, lists: [{ id: '35436', subject: all.subject!, description: 'Hi team', agent: 'Priya' }, { id: '35440', subject: 'Change of plan' }] },
  { id: 'glpi', ticket: 'https://desk.acme.example/front/ticket.form.php?id=35436', list: 'https://desk.acme.example/front/ticket.php', says: { ...all, priority: 'Major', created: '2025-12-30 09:00:00' } },
  { id: 'request-tracker', ticket: 'https://desk.acme.example/Ticket/Display.html?id=35436', list: 'https://desk.acme.example/Search/Results.html?Query=x', says: { ...all, priority: 'High', created: 'Tue Dec 30 09:00:00 2025' }, lists: [{ id: '35436', subject: all.subject!, requester: all.requester! }, { id: '35440', subject: 'Change of plan' }] },
  { id: 'roundup', ticket: 'https://desk.acme.example/desk/issue35436', list: 'https://desk.acme.example/desk/issue?@columns=id,title,creator', says: { ...noOrganisation, priority: 'urgent' }, lists: [{ id: '35436', subject: all.subject!, requester: all.requester! }, { id: '35440', subject: 'Change of plan' }] },
  { id: 'chatwoot', ticket: 'https://desk.acme.example/app/accounts/1/conversations/35436', says: { id: '35436', subject: all.description!, description: all.description!, requester: all.requester! } },
  { id: 'django-helpdesk', ticket: 'https://desk.acme.example/helpdesk/tickets/35436/', list: 'https://desk.acme.example/helpdesk/tickets/', says: { ...noOrganisation, priority: '1' }, lists: [{ id: '35436', subject: all.subject!, requester: all.requester! }, { id: '35440', subject: 'Change of plan' }] },
  { id: 'custom', ticket: 'https://desk.acme.example/case/35436', list: 'https://desk.acme.example/cases', says: { id: '35436', subject: all.subject!, description: all.description!, requester: all.requester!, priority: 'Urgent' } },
];

async function open(page: Page, address: string, fixture: string, spoil: (html: string) => string = (html) => html): Promise<void> {
  const html = spoil(readFileSync(join(here, 'fixtures/helpdesks', `${fixture}.html`), 'utf8'));
  await page.route('**/*', (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body: html }));
  await page.goto(address);
  // A page may shadow what a form or a document has by the names of its elements; the reader is loaded after that.
  await page.evaluate(code);
}

interface Read { kind: string; fields?: adapters.Fields; tickets?: adapters.Fields[]; missing?: string[]; places?: boolean; matches: boolean; taken: string[] }

const read = (page: Page, id: string, custom: adapters.CustomHooks): Promise<Read> =>
  page.evaluate(
    ({ id, custom }) => {
      const { Adapter, customHooks, helpdesks } = (globalThis as unknown as { adapters: typeof adapters }).adapters;
      const hooks = id === 'custom' ? customHooks(custom) : helpdesks.find((hooks) => hooks.id === id);
      if (!hooks || typeof hooks === 'string') throw new Error(String(hooks));
      const adapter = new Adapter(hooks);
      const reading = adapter.read(location, document);
      return {
        kind: reading.kind,
        matches: adapter.matches(location, document),
        taken: helpdesks.filter((hooks) => hooks.host && new Adapter(hooks).matches(location, document)).map(({ id }) => id),
        ...(reading.kind === 'ticket' && { fields: reading.ticket.fields, places: reading.ticket.place.element.isConnected }),
        ...(reading.kind === 'list' && { tickets: reading.tickets.map(({ fields }) => fields), places: reading.tickets.every(({ place }) => place.element.isConnected) }),
        ...(reading.kind === 'mismatch' && { missing: reading.missing }),
      };
    },
    { id, custom },
  );

for (const { id, ticket, list, says, lists } of pages) {
  test(`${id}: a ticket page says what it shows, and where the card goes`, async ({ page }) => {
    await open(page, ticket, `${id}-ticket`);
    const reading = await read(page, id, own);
    expect(reading).toMatchObject({ kind: 'ticket', matches: true, places: true });
    expect(reading.fields).toEqual(says);
    if (reading.taken.length) expect(reading.taken).toEqual([id]);
  });

  test(`${id}: a page whose hooks are gone is said not to match any more`, async ({ page }) => {
    const subject = { chatwoot: /message-text__wrap|contact--panel|conversation-sidebar-wrap|conversation-panel/g, custom: /title/g, roundup: /itemSynopsis/g }[id] ?? /omni-header-subject|aria-label="Subject"|subject-heading|summary\.heading|ticket-title|tixTitle|conv-subjtext|card-title|id="header"|<h1|<h2/g;
    await open(page, ticket, `${id}-ticket`, (html) => html.replace(subject, (found) => (found.startsWith('<') ? '<b' : 'gone')));
    const reading = await read(page, id, own);
    expect(reading.kind).toBe('mismatch');
    expect(reading.missing?.length).toBeGreaterThan(0);
  });

  if (!list) continue;
  test(`${id}: each row of a list is a ticket with a place for its badge`, async ({ page }) => {
    await open(page, list, `${id}-list`);
    const reading = await read(page, id, own);
    expect(reading).toMatchObject({ kind: 'list', places: true });
    expect(reading.tickets).toEqual(lists ?? [{ id: '35436', subject: all.subject }, { id: '35440', subject: 'Change of plan' }]);
  });
}

test('text is bounded, on one line and without characters that steer how it is drawn', async ({ page }) => {
  const long = `\u202e${'long words '.repeat(100_000)}`;
  await open(page, 'https://desk.acme.example/helpdesk/tickets/35436/', 'django-helpdesk-ticket', (html) => html.replace('Calls to /v1/users failing', `Evil\n\u202e\u0007 ${long}`).replace('Hi team,', `<script>document.title = 'script text'</script>${long}`));
  const { fields } = await read(page, 'django-helpdesk', own);
  expect(fields?.subject?.length).toBeLessThanOrEqual(500);
  expect(fields?.subject).toMatch(/^Evil long words/);
  expect(fields?.description?.length).toBeLessThanOrEqual(20_000);
  expect(fields?.description).toMatch(/^long words/);
});

test('elements named like the methods of a document or a form shadow nothing', async ({ page }) => {
  const traps = ['querySelector', 'querySelectorAll', 'getElementById', 'documentElement', 'body', 'textContent', 'firstChild', 'getAttribute', 'isConnected'];
  const clobber = traps.map((name) => `<img name="${name}" alt="">`).join('') + `<form name="forms">${traps.map((name) => `<input name="${name}">`).join('')}</form>`;
  await open(page, 'https://desk.acme.example/helpdesk/tickets/', 'django-helpdesk-list', (html) => html.replace('<table id', `${clobber}<form>${traps.map((name) => `<input type="hidden" name="${name}" value="trap">`).join('')}<table id`).replace('</table>', '</table></form>'));
  expect(await page.evaluate(() => typeof document.querySelectorAll)).not.toBe('function');
  const { tickets } = await read(page, 'django-helpdesk', own);
  expect(tickets?.map(({ id }) => id)).toEqual(['35436', '35440']);
});
