import type { Hooks } from './hooks.ts';

/**
 * FreeScout. Hooks from its public sources (resources/views/conversations/view.blade.php, conversations_table.blade.php and
 * customers/profile_snippet.blade.php); a thread's body from memory. The newest thread stands first.
 */
export const freescout: Hooks = {
  id: 'freescout',
  name: 'FreeScout',
  page: '#conv-layout, table.table-conversations, .layout-2col .sidebar-2col, .sidebar-menu',
  ticket: {
    path: /\/conversation\/(\d+)/,
    fields: {
      id: [{ at: 'body[data-conversation_id]', attribute: 'data-conversation_id' }, { address: true, pattern: /\/conversation\/(\d+)/ }],
      subject: '#conv-subject .conv-subjtext > span, #conv-subject .conv-subjtext',
      description: { at: '#conv-layout-main .thread-type-customer .thread-content, #conv-layout-main .thread .thread-content, #conv-layout-main .thread .thread-body', last: true },
      requester: '#conv-layout-customer .customer-email .contact-main, #conv-layout-customer .customer-email',
      organisation: '#conv-layout-customer .customer-extra .customer-section > div:first-child',
      agent: { at: '.conv-info .conv-user li.active a:not([data-user_id="-1"])' },
      created: { at: '#conv-layout-main .thread:last-of-type .thread-date', attribute: 'data-original-title' },
    },
    required: ['id', 'subject'],
    place: { at: '#conv-layout-customer', put: 'prepend' },
  },
  list: {
    path: /\/(mailbox|search|customers?|$)/,
    container: 'table.table-conversations',
    row: 'tr.conv-row[data-conversation_id]',
    fields: {
      id: { attribute: 'data-conversation_id' },
      subject: '.conv-subject a > p:first-of-type',
      description: '.conv-subject .conv-preview',
      agent: '.conv-owner a',
    },
    place: { at: '.conv-subject a > p:first-of-type', put: 'prepend' },
  },
};
