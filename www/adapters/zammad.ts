import type { Hooks } from './hooks.ts';

/**
 * Zammad, the desktop interface. Hooks from its public sources (the templates of ticket_zoom and generic/table) and from a
 * published extension; the form's selects from the sources' tests. The page keeps closed tickets in it, hidden.
 * The number is that of the address, which the list's links hold too.
 */
export const zammad: Hooks = {
  id: 'zammad',
  name: 'Zammad',
  page: '#app .navigation, #app .content.active, #app .ticketZoom',
  ticket: {
    path: /#ticket\/zoom\/(\d+)/,
    within: '.content.active',
    fields: {
      id: { address: true, pattern: /#ticket\/zoom\/(\d+)/ },
      subject: '.ticket-title .ticket-title-update, .ticket-title',
      description: '.ticket-article-item.customer .textBubble-content, .ticket-article-item .textBubble-content, .ticket-article-item .textBubble',
      priority: { at: 'select[name="priority_id"]', attribute: 'value' },
      category: [{ at: 'select[name="group_id"]', attribute: 'value' }, { at: '[data-attribute-name="group_id"] .js-input', attribute: 'value' }],
      requester: [
        { at: '[data-tab="customer"] a[href^="mailto:"]', attribute: 'href', pattern: /^mailto:([^?]+)/ },
        { at: '[data-tab="customer"]', pattern: /([^\s<>]+@[^\s<>]+)/ },
      ],
      organisation: '[data-tab="organization"] [title="Name"], [data-tab="customer"] a[href^="#organization/profile/"]',
      agent: [{ at: 'select[name="owner_id"]', attribute: 'value' }],
      created: { at: '.ticketZoom-header time, .ticket-meta time', attribute: 'datetime' },
    },
    required: ['id', 'subject'],
    place: { at: '.content.active .ticketZoom-header', put: 'after' },
  },
  list: {
    path: /#(ticket\/view|search|dashboard)/,
    container: '.content.active',
    row: '.content.active tr.item:has(a[href^="#ticket/zoom/"])',
    fields: {
      id: { at: 'a[href^="#ticket/zoom/"]', attribute: 'href', pattern: /#ticket\/zoom\/(\d+)/ },
      subject: { at: 'a[href^="#ticket/zoom/"]', last: true },
    },
    place: { at: 'td:has(a[href^="#ticket/zoom/"])', put: 'append' },
  },
};
