import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { ago, exactMoment, money } from '../elements/index.ts';
import type { Row } from '../client/index.ts';
import { text, time } from './desk-data.ts';
import type { DeskData } from './desk-data.ts';
import type { DemoWords } from './words.ts';

/** What a helpdesk shows above a ticket's text. */
export function ticketHead(row: Row, now: number, words: DemoWords, back: () => void): TemplateResult {
  const created = time(row, 'created_at');
  return html`<div class="ticket-head">
    <button class="back" type="button" @click=${back}>‹ ${words.back}</button>
    <p class="soft">
      ${text(row, 'ticket_id')} · ${text(row, 'category')} · ${words.opened}
      <time datetime=${new Date(created).toISOString()} title=${exactMoment(created, 'UTC', words.elements)}>${ago(created, now, words.elements)}</time>
    </p>
    <h2 class="subject" tabindex="-1">${text(row, 'subject')}</h2>
  </div>`;
}

/** The ticket's text and the facts beside it. */
export function ticketBody(row: Row, desk: DeskData, assigned: string | undefined, now: number, words: DemoWords): TemplateResult {
  const account = desk.accounts[text(row, 'account_id')];
  const user = desk.users[text(row, 'user_id')];
  const agent = desk.agents[assigned ?? text(row, 'agent_id')];
  const from = user?.role && account?.name ? words.roleAt(user.role, account.name) : (user?.role ?? account?.name);
  const { facts: names } = words;
  const worth = amount(account?.arr ?? null);
  const responded = time(row, 'first_response_at');
  const facts: [string, string | TemplateResult][] = [
    [names.priority, text(row, 'priority')],
    [names.account, [account?.name, account?.plan].filter(Boolean).join(', ')],
    [names.worth, worth === null ? '' : html`<span title=${account?.arr ?? ''}>${words.aYear(money(worth))}</span>`],
    [names.manager, account?.csm ?? ''],
    [names.endpoint, text(row, 'endpoint')],
    [names.assigned, agent ? [agent.name, agent.tier].filter(Boolean).join(', ') : words.nobody],
    [names.answer, Number.isNaN(responded) ? words.notYet : ago(responded, now, words.elements)],
  ];
  return html`<div class="ticket-body">
    <div class="message">
      <p class="from">
        <span class="initial" aria-hidden="true">${(user?.email ?? '?').charAt(0).toUpperCase()}</span>
        <span>${user?.email ?? words.requesterNotKnown}<span class="soft block">${from ?? words.accountNotKnown}</span></span>
      </p>
      <p class="description">${text(row, 'description')}</p>
    </div>
    <dl>
      ${facts.map(([name, value]) => (value === '' ? nothing : html`<div><dt>${name}</dt><dd>${value}</dd></div>`))}
    </dl>
  </div>`;
}

function amount(cell: string | null): number | null {
  const dollars = Number((cell ?? '').replace(/[$,\s]/g, ''));
  return cell && Number.isFinite(dollars) ? dollars : null;
}
