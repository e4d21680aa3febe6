import type { Hooks } from './hooks.ts';

/**
 * osTicket, the staff panel. Hooks from its public sources (include/staff/ticket-view.inc.php and
 * templates/queue-tickets.tmpl.php); rows have no names, so department and date go by their place. The number is the one of
 * the address, not the longer one that requesters see.
 */
export const osticket: Hooks = {
  id: 'osticket',
  name: 'osTicket',
  page: '#pjax-container, #nav, table.list.queue.tickets, .tixTitle',
  ticket: {
    path: /\/scp\/tickets\.php\?(?:.*&)?id=(\d+)/,
    fields: {
      id: { address: true, pattern: /[?&]id=(\d+)/ },
      subject: '.tixTitle h3',
      description: '.thread-entry.message .thread-body, .thread-entry .thread-body',
      priority: 'a[href*="/field/priority/edit"], .ticket_info tr:nth-of-type(2) > td:not([width])',
      category: ['a[href*="/field/topic/edit"]', '.ticket_info #ticket-transfer'],
      requester: '[id^="user-"][id$="-email"]',
      organisation: { at: 'td:has(> .icon-building)', own: true },
      agent: { at: '.ticket_info #ticket-assign', pattern: /^([^—–-].*)$/ },
      created: '.ticket_info tr:nth-child(4) > td',
    },
    required: ['id', 'subject'],
    place: { at: 'table.ticket_info', put: 'before' },
  },
  list: {
    path: /\/scp\/(tickets\.php|index\.php|$)/,
    container: 'form#tickets, table.list.queue.tickets',
    row: 'table.list.queue.tickets > tbody > tr',
    fields: {
      id: [
        { at: 'input.ckb[name="tids[]"]', attribute: 'value' },
        { at: 'a[href*="tickets.php?id="]', attribute: 'href', pattern: /[?&]id=(\d+)/ },
      ],
      subject: { at: 'a[href*="tickets.php?id="]', last: true },
    },
    place: { at: 'td:has(a[href*="tickets.php?id="]) ~ td a[href*="tickets.php?id="], a[href*="tickets.php?id="]', put: 'after' },
  },
};
