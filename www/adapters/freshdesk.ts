import type { Hooks } from './hooks.ts';

/**
 * Freshdesk, the interface since late 2018 ("Mint"). Not public: subject, requester and the card list's hooks are those that
 * published extensions use; company, priority and group follow the same naming and are from memory.
 */
export const freshdesk: Hooks = {
  id: 'freshdesk',
  name: 'Freshdesk',
  host: /(^|\.)freshdesk\.com$/,
  page: '.page-actions__left, .ticket-subject-heading, .tickets__list, [data-test-ticket-id]',
  ticket: {
    path: /^\/a\/tickets\/(\d+)/,
    fields: {
      id: { address: true, pattern: /^\/a\/tickets\/(\d+)/ },
      subject: { at: '.ticket-subject-heading', own: true },
      description: ['[data-test-id="ticket-description"]', '.ticket-details__item .ticket_note', '.ticket-description'],
      priority: ['[data-test-id="priority"] .ember-power-select-selected-item', '[data-test-id="ticket-fields-priority"] .ember-power-select-selected-item'],
      category: ['[data-test-id="ticket-fields-ticket_type"] .ember-power-select-selected-item', '[data-test-id="ticket_type"] .ember-power-select-selected-item'],
      requester: [
        { at: '[data-test-id="requester-info-contact-email"] .info-details-content', pattern: /(\S+@\S+)/ },
        { at: 'a[href^="mailto:"]', attribute: 'href', pattern: /^mailto:([^?]+)/ },
      ],
      organisation: '[data-test-id="requester-info-company-name"] .info-details-content',
      agent: ['[data-test-id="agent"] .ember-power-select-selected-item', '[data-test-id="ticket-fields-agent"] .ember-power-select-selected-item'],
      created: { at: '[data-test-id="created-at"], .ticket-details__item time', attribute: 'datetime' },
    },
    required: ['id', 'subject'],
    place: { at: 'body', put: 'float' },
  },
  list: {
    path: /^\/a\/tickets(\/filters\/|\/?$|\/?\?)/,
    container: '.tickets__list, [data-test-id="ticket-list"], [data-test-ticket-id]',
    row: '.tickets__list, tr:has([data-test-ticket-id])',
    fields: {
      id: { at: '[data-test-ticket-id]', pattern: /(\d+)/ },
      subject: ['.ticket-title-row a', '[data-test-ticket-subject]'],
      priority: '[data-test-id="priority"]',
      agent: '[data-test-id="agent"]',
    },
    place: { at: '.ticket-title-row, [data-test-ticket-subject]', put: 'append' },
  },
};
