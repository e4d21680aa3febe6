import type { Hooks } from './hooks.ts';

/**
 * django-helpdesk 2. Hooks from its public sources (templates/helpdesk/ticket_desc_table.html, ticket_list.html and
 * include/unassigned.html), and tested against the real thing. Priority is the number of the hidden form field, 1 to 5,
 * which no language changes; a ticket's time is not on its page.
 */
export const djangoHelpdesk: Hooks = {
  id: 'django-helpdesk',
  name: 'django-helpdesk',
  page: '#wrapper #content-wrapper',
  ticket: {
    path: /\/tickets\/(\d+)\/(?:$|[?#])/,
    fields: {
      id: { address: true, pattern: /\/tickets\/(\d+)\// },
      subject: { at: '#content-wrapper .card-body > .d-flex > h2', own: true },
      description: { at: '#content-wrapper .card:first-of-type > .card-body > :is(p, ul, ol, pre, blockquote)', all: true },
      priority: { at: 'form input[type="hidden"][name="priority"]', attribute: 'value' },
      category: '#content-wrapper .card:first-of-type .col:has(input[aria-label="Submitter email"]) ~ .col > p:only-of-type',
      requester: { at: 'input[aria-label="Submitter email"]', attribute: 'value' },
      agent: { at: 'select[name="owner"]:has(option[selected]:not([value="0"]))', attribute: 'value' },
    },
    required: ['id', 'subject'],
    place: { at: '#content-wrapper .card:has(input[aria-label="Submitter email"])', put: 'after' },
  },
  list: {
    path: /\/(tickets|dashboard)\/(?:$|[?#])/,
    container: '#ticketTable, .tickettitle, #content-wrapper .card table',
    row: 'tr:has(.tickettitle a), tr:has(a.tickettitle)',
    fields: {
      id: { at: '.tickettitle a, a.tickettitle', attribute: 'href', pattern: /\/tickets\/(\d+)\// },
      subject: { at: '.tickettitle a, a.tickettitle', pattern: /^\d+\.\s*(.*)$/ },
      requester: { at: 'td > span.small', last: true, pattern: /(\S+@\S+)/ },
    },
    place: { at: '.tickettitle', put: 'append' },
  },
};
