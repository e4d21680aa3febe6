import type { Hooks } from './hooks.ts';

/**
 * Roundup 2, the classic template and those made after it. Hooks from its public sources (templates/classic/html/issue.item.html,
 * issue.index.html and page.html), and tested against the real thing. Messages stand newest first, so the last is the report;
 * its creator leads to a requester where users are named by their addresses.
 */
export const roundup: Hooks = {
  id: 'roundup',
  name: 'Roundup',
  page: '.userblock a[href*="@action=logout"]',
  ticket: {
    path: /\/issue(\d+)(?:$|[?#])/,
    fields: {
      id: { address: true, pattern: /\/issue(\d+)/ },
      subject: { at: 'form[name="itemSynopsis"] input[name="title"]', attribute: 'value' },
      description: { at: 'table.messages td.content pre', last: true },
      priority: { at: 'form[name="itemSynopsis"] select[name="priority"]', attribute: 'value' },
      category: { at: 'form[name="itemSynopsis"] input[name="keyword"]', attribute: 'value' },
      requester: { at: 'form[name="itemSynopsis"] ~ p > b:nth-of-type(2)', pattern: /(\S+@\S+)/ },
      agent: { at: 'form[name="itemSynopsis"] select[name="assignedto"]:has(option[selected]:not([value="-1"]))', attribute: 'value' },
    },
    required: ['id', 'subject'],
    place: { at: 'form[name="itemSynopsis"]', put: 'after' },
  },
  list: {
    path: /\/issue(?:$|[?#])/,
    container: 'table.list',
    row: 'table.list tr:has(> td > a[href^="issue"])',
    fields: {
      id: { at: 'td > a[href^="issue"]', attribute: 'href', pattern: /^issue(\d+)/ },
      subject: 'td > a[href^="issue"]',
      requester: { at: 'td', all: true, pattern: /(?:^|\s)(\S+@\S+)/ },
    },
    place: { at: 'td > a[href^="issue"]', put: 'after' },
  },
};
