import { originOf, sound } from '../extension/settings.ts';
import type { Settings } from '../extension/settings.ts';

/** What the widget is told, in `widget.json` beside its page or by the console that it is installed in. */
export interface WidgetSettings extends Settings {
  /** `auto` finds the console that the page is in. */
  console: 'auto' | 'zendesk' | 'freshdesk' | 'chatwoot' | 'message';
  /** Origins whose messages are heard; of others nothing is taken. */
  hosts: string[];
}

const consoles = ['auto', 'zendesk', 'freshdesk', 'chatwoot', 'message'] as const;

export function widgetSettings(stored: Record<string, unknown>): WidgetSettings {
  const hosts = Array.isArray(stored['hosts']) ? stored['hosts'] : [];
  return {
    // A bundle beside the page may be named by a relative address.
    ...sound({ ...stored, bundle: typeof stored['bundle'] === 'string' && stored['bundle'] ? new URL(stored['bundle'], location.href).href : '' }),
    console: consoles.find((one) => one === stored['console']) ?? 'auto',
    hosts: hosts.filter((host): host is string => typeof host === 'string' && originOf(host) === host),
  };
}
