import type { Hooks } from './hooks.ts';

/**
 * Chatwoot. Hooks from its public sources (ConversationHeader.vue, ContactInfo.vue, Message.vue); the panel's class from
 * memory. A conversation has no subject, and the rows of its list carry neither number nor address, so lists get no badge.
 */
export const chatwoot: Hooks = {
  id: 'chatwoot',
  name: 'Chatwoot',
  page: '#app .conversations-list, #app .conversation-panel, #app .conversation-details-wrap',
  ticket: {
    path: /^\/app\/accounts\/\d+\/(?:.*\/)?conversations\/(\d+)/,
    fields: {
      id: { address: true, pattern: /\/conversations\/(\d+)/ },
      subject: '.conversation-panel .left .message-text__wrap, .conversation-panel .message-text__wrap',
      description: '.conversation-panel .left .message-text__wrap, .conversation-panel .message-text__wrap',
      priority: '.conversation-sidebar-wrap .priority, .contact--panel .priority',
      requester: { at: '.contact--panel a[href^="mailto:"], .conversation-sidebar-wrap a[href^="mailto:"], a[href^="mailto:"]', attribute: 'href', pattern: /^mailto:([^?]+)/ },
    },
    required: ['id'],
    place: { at: '.contact--panel, .conversation-sidebar-wrap, .conversation-panel', put: 'float' },
  },
};
