import type { Hooks } from './hooks.ts';

/**
 * Zendesk Support, agent workspace. The interface is not public: the list's and the subject's hooks are those that several
 * published extensions use; requester, organisation, assignee and message are from memory of the page.
 * Several tickets are in the page at once, one of them shown.
 */
export const zendesk: Hooks = {
  id: 'zendesk',
  name: 'Zendesk',
  host: /(^|\.)zendesk\.com$/,
  page: '[data-test-id="header-toolbar"], header [data-entity-id], [data-test-id="generic-table"], [data-side-conversations-anchor-id]',
  ticket: {
    path: /^\/agent\/tickets\/(\d+)/,
    within: '[data-side-conversations-anchor-id="{id}"]',
    fields: {
      id: { address: true, pattern: /^\/agent\/tickets\/(\d+)/ },
      subject: { at: 'input[data-test-id="omni-header-subject"], input[data-test-id="ticket-pane-subject"], input[aria-label="Subject"]', attribute: 'value' },
      description: ['[data-test-id="omni-log-message-content"]', '.zd-comment'],
      priority: '[data-test-id="ticket-fields-priority-select"] [data-garden-id="dropdowns.combobox.value"]',
      requester: [
        { at: '[data-test-id="requester-field"] [title*="@"]', attribute: 'title', pattern: /([^\s<>()]+@[^\s<>()]+)/ },
        { at: '[data-test-id="customer-context-tab-navigation"] ~ * a[href^="mailto:"], a[href^="mailto:"]', attribute: 'href', pattern: /^mailto:([^?]+)/ },
      ],
      organisation: '[data-test-id="tabs-nav-item-organizations"]',
      agent: '[data-test-id="assignee-field-selected-agent-tag"]',
      created: { at: 'time[data-test-id="timestamp-relative"]', attribute: 'datetime' },
    },
    required: ['id', 'subject'],
    place: { at: 'body', put: 'float' },
  },
  list: {
    path: /^\/agent\/(filters|views|search|dashboard)/,
    container: '[data-test-id="generic-table"], tr[data-test-id="generic-table-row"]',
    row: 'tr[data-test-id="generic-table-row"]',
    fields: {
      id: [
        { at: '[data-test-id="generic-table-cells-id"]', pattern: /(\d+)/ },
        { at: 'a[href*="tickets/"]', attribute: 'href', pattern: /tickets\/(\d+)/ },
      ],
      subject: ['[data-test-id="ticket-table-cells-subject"] a', '[data-test-id="ticket-table-cells-subject"]'],
      priority: '[data-test-id="ticket-table-cells-priority"]',
      requester: '[data-test-id="ticket-table-cells-requester"]',
      agent: '[data-test-id="ticket-table-cells-assignee"]',
    },
    place: { at: '[data-test-id="ticket-table-cells-subject"]', put: 'append' },
  },
};
