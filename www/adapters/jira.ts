import type { Hooks } from './hooks.ts';

const key = '[A-Z][A-Z0-9_]+-\\d+';

/**
 * Jira Service Management (cloud): the issue view and queues. Not public: summary, breadcrumb and the table's hooks are those
 * that published extensions use; reporter, priority, request type and description are from memory. Requesters are shown by
 * name; an address is read where the portal's panel links to it.
 */
export const jira: Hooks = {
  id: 'jira',
  name: 'Jira Service Management',
  host: /(^|\.)(atlassian\.net|jira\.com)$/,
  page: '[data-testid^="issue.views."], [data-testid^="native-issue-table."], [data-testid^="issue-navigator."], [data-vc="FullPageIssueContainer"]',
  ticket: {
    path: new RegExp(`^/(?:browse|jira/servicedesk/projects/[^/]+/queues/(?:custom|issue)(?:/\\d+)?|projects/[^/]+/queues/(?:custom|issue)(?:/\\d+)?)/(${key})`),
    fields: {
      id: [
        { at: '[data-testid="issue.views.issue-base.foundation.breadcrumbs.current-issue.item"]', pattern: new RegExp(`(${key})`) },
        { address: true, pattern: new RegExp(`/(${key})(?:[/?#]|$)`) },
      ],
      subject: '[data-testid="issue.views.issue-base.foundation.summary.heading"]',
      description: ['[data-testid="issue.views.field.rich-text.description"]', '[data-component-selector="jira-issue-view-rich-text-inline-edit-view-container"]'],
      priority: ['[data-testid="issue.issue-view-layout.issue-view-priority-field.priority"]', '[data-testid^="issue-field-priority-readview"]'],
      category: ['[data-testid="servicedesk.issue-view.request-type.request-type-name"]', '[data-testid^="issue.views.field.request-type"]'],
      requester: [
        { at: '[data-testid^="issue.views.field.user.reporter"] a[href^="mailto:"], [data-testid*="reporter"] a[href^="mailto:"]', attribute: 'href', pattern: /^mailto:([^?]+)/ },
        '[data-testid="issue.views.field.user.reporter"]',
        '[data-testid="issue-field-reporter"]',
      ],
      organisation: '[data-testid^="issue.views.field.organizations"], [data-testid="issue-field-organizations"]',
      agent: ['[data-testid="issue.views.field.user.assignee"]', '[data-testid="issue-field-assignee"]'],
      created: { at: '[data-testid="created-date.ui.read.meta-date"] time, [data-testid="created-date.ui.read.meta-date"]', attribute: 'datetime' },
    },
    required: ['id', 'subject'],
    place: { at: 'body', put: 'float' },
  },
  list: {
    path: /^\/(issues|jira\/(servicedesk\/)?projects\/[^/]+\/(queues|issues)|projects\/[^/]+\/queues)/,
    container: '[data-testid^="native-issue-table."], table[data-vc="issue-table"]',
    row: '[data-testid="native-issue-table.ui.issue-row"]',
    fields: {
      id: { at: '[data-testid*="issue-key"], a[href*="/browse/"]', pattern: new RegExp(`(${key})`) },
      subject: '[data-testid*="issue-summary"]',
      priority: '[data-testid*="issue-priority"], [data-testid*="priority-cell"]',
      agent: '[data-testid*="issue-assignee"]',
    },
    place: { at: '[data-testid*="issue-summary"]', put: 'append' },
  },
};
