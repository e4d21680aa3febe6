import type { Hooks } from './hooks.ts';

/**
 * Request Tracker 5. Hooks from its public sources (share/html/Ticket/Elements/ShowBasics, ShowPeople, ShowSummary and
 * share/html/Elements/CollectionAsTable/Row); the page's identifiers and the transaction's body from memory.
 */
export const requestTracker: Hooks = {
  id: 'request-tracker',
  name: 'Request Tracker',
  page: '#logged-in-as, #preferences-menu, #main-navigation, .ticket-summary, .ticket-info-basics',
  ticket: {
    path: /\/Ticket\/(?:Display|History)\.html\?(?:.*&)?id=(\d+)/,
    fields: {
      id: { address: true, pattern: /[?&;]id=(\d+)/ },
      subject: { at: '#header h1, h1', pattern: /^#?\d+:\s*(.+)$/ },
      description: '.transaction.Ticket-transaction .message-stanza, .transaction .messagebody',
      priority: '.ticket-info-basics .priority .value',
      category: '.ticket-info-basics .queue .value',
      requester: [
        { at: '.ticket-info-people .requestors .value', pattern: /([^\s<>,]+@[^\s<>,]+)/ },
        { at: '.ticket-info-people .requestors a[href^="mailto:"]', attribute: 'href', pattern: /^mailto:([^?]+)/ },
      ],
      organisation: '.ticket-info-requestor .organization .value',
      agent: { at: '.ticket-info-people .owner .value', pattern: /^(?!Nobody)(.+)$/ },
      created: '.ticket-info-dates .created .value',
    },
    required: ['id', 'subject'],
    place: { at: '.ticket-summary', put: 'before' },
  },
  list: {
    path: /\/(Search\/Results\.html|index\.html|$|Dashboards?\/|SelfService)/,
    container: 'table.ticket-list, table.collection-as-table, tbody.list-item',
    row: 'tbody.list-item[data-record-id]:has(a[href*="/Ticket/Display.html?id="])',
    fields: {
      id: { attribute: 'data-record-id' },
      subject: { at: 'a[href*="/Ticket/Display.html?id="]', last: true },
      requester: { pattern: /([^\s<>,]+@[^\s<>,]+)/ },
    },
    place: { at: 'td:has(a[href*="/Ticket/Display.html?id="]) ~ td:has(a[href*="/Ticket/Display.html?id="]), td:has(a[href*="/Ticket/Display.html?id="])', put: 'append' },
  },
};
