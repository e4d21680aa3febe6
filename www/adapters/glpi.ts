import type { Hooks } from './hooks.ts';

/**
 * GLPI 10. Hooks from its public sources (templates/components/itilobject/… and components/search/table.html.twig); the
 * selects' names are those of the ticket's columns. Requesters are shown by name, not by address.
 */
export const glpi: Hooks = {
  id: 'glpi',
  name: 'GLPI',
  page: '#itil-object-container, table.search-results, .navbar .user-menu, aside.navbar',
  ticket: {
    path: /\/front\/ticket\.form\.php\?(?:.*&)?id=(\d+)/,
    fields: {
      id: [{ at: '.ITILContent[data-itemtype="Ticket"]', attribute: 'data-items-id' }, { address: true, pattern: /[?&]id=(\d+)/ }],
      subject: '.ITILContent .read-only-content .card-title',
      description: '.ITILContent .read-only-content .rich_text_container',
      priority: { at: '#itil-data select[name="priority"], select[name="priority"]', attribute: 'value' },
      category: { at: '#itil-data select[name="itilcategories_id"], select[name="itilcategories_id"]', attribute: 'value' },
      requester: [
        { at: '[data-actor-type="requester"] a[href^="mailto:"]', attribute: 'href', pattern: /^mailto:([^?]+)/ },
        { at: 'select[data-actor-type="requester"]', attribute: 'value' },
      ],
      organisation: { at: '#itil-data select[name="entities_id"]', attribute: 'value' },
      agent: { at: 'select[data-actor-type="assign"]', attribute: 'value' },
      created: { at: '#itil-data input[name="date"], input[name="date"]', attribute: 'value' },
    },
    required: ['id', 'subject'],
    place: { at: '.itil-right-side', put: 'prepend' },
  },
  list: {
    path: /\/front\/(ticket|central)\.php/,
    container: 'table.search-results',
    row: 'table.search-results > tbody > tr:has(a[href*="ticket.form.php?id="])',
    fields: {
      id: [
        { at: 'input[name^="item[Ticket]"]', attribute: 'name', pattern: /\[(\d+)\]$/ },
        { at: 'a[href*="ticket.form.php?id="]', attribute: 'href', pattern: /[?&]id=(\d+)/ },
      ],
      subject: 'a[href*="ticket.form.php?id="]',
    },
    place: { at: 'td:has(a[href*="ticket.form.php?id="])', put: 'append' },
  },
};
