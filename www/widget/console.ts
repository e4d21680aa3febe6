import { oneLine } from '../adapters/dom.ts';
import { fieldNames } from '../adapters/hooks.ts';
import type { Fields } from '../adapters/index.ts';
import type { WidgetSettings } from './settings.ts';

/** The agent's console around the widget: it tells which ticket is open, and makes room. */
export interface Console {
  /** Calls back with the open ticket, at once and whenever it changes. */
  follow(told: (fields: Fields) => void): void;
  resize(height: number): void;
  /** Tells the console what was said of the ticket, where it wants to know. */
  scored?(id: string, probability: number | null, band: string): void;
}

interface ZafClient {
  get(what: string): Promise<Record<string, unknown>>;
  on(event: string, listener: () => void): void;
  invoke(what: 'resize', size: { height: string }): Promise<unknown>;
  metadata?(): Promise<{ settings?: Record<string, unknown> }>;
}

interface FreshClient {
  data: { get(what: string): Promise<Record<string, unknown>> };
  events: { on(event: string, listener: () => void): void };
  instance?: { resize?(size: { height: string }): unknown };
  /** What was set at installation. */
  iparams?: { get(): Promise<Record<string, unknown>> };
}

interface Globals {
  ZAFClient?: { init(): ZafClient | undefined };
  app?: { initialized(): Promise<FreshClient> };
}

let zafClient: ZafClient | undefined;

/** Zendesk's client, made once; undefined elsewhere. */
export const zaf = (): ZafClient | undefined => (zafClient ??= (globalThis as Globals).ZAFClient?.init());

/** What the console keeps of the app's installation: in Zendesk its parameters, in Freshdesk its iparams. */
export async function installed(): Promise<Record<string, unknown>> {
  const { app } = globalThis as Globals;
  const kept = (await zaf()?.metadata?.())?.settings ?? (await (await app?.initialized())?.iparams?.get());
  return kept ?? {};
}

/** The console that the page is in. */
export async function consoleOf({ console, hosts }: WidgetSettings): Promise<Console> {
  const { app } = globalThis as Globals;
  const client = console === 'auto' || console === 'zendesk' ? zaf() : undefined;
  if (client) return zendesk(client);
  if (console === 'zendesk') throw new Error('This page is not in Zendesk: its framework did not answer.');
  if (app && (console === 'auto' || console === 'freshdesk')) return freshdesk(await app.initialized());
  if (console === 'freshdesk') throw new Error('This page is not in Freshdesk: its framework did not answer.');
  if (hosts.length === 0) throw new Error('No console is named: put its origin into "hosts" of widget.json.');
  return console === 'chatwoot' ? chatwoot(hosts) : message(hosts);
}

type Json = Record<string, unknown>;

const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const most = { description: 20_000, subject: 500 } as Record<string, number>;

/** Whatever came: text alone, bounded, under the names of fields. */
function fieldsOf(said: Json): Fields {
  const fields: Fields = {};
  for (const name of fieldNames) {
    const value = said[name];
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    const text = oneLine(String(value), most[name] ?? 300);
    if (text) fields[name] = text;
  }
  return fields;
}

/** Descriptions come as HTML; a parser makes text of it without running or loading anything. */
const plain = (html: unknown): string => (typeof html === 'string' ? (new DOMParser().parseFromString(html, 'text/html').body.textContent ?? '') : '');

function zendesk(client: ZafClient): Console {
  return {
    follow(told) {
      const read = async (): Promise<void> => {
        const ticket = object((await client.get('ticket'))['ticket']);
        const [requester, organization, assignee] = [object(ticket['requester']), object(ticket['organization']), object(object(ticket['assignee'])['user'])];
        told(fieldsOf({
          id: ticket['id'], subject: ticket['subject'], description: plain(ticket['description']), priority: ticket['priority'], category: ticket['type'],
          requester: requester['email'], organisation: organization['name'], agent: assignee['name'], created: ticket['createdAt'],
        }));
      };
      for (const event of ['app.activated', 'ticket.priority.changed', 'ticket.subject.changed', 'ticket.requester.email.changed', 'ticket.assignee.user.id.changed', 'ticket.save']) client.on(event, () => void read());
      void read();
    },
    resize: (height) => void client.invoke('resize', { height: `${height}px` }),
  };
}

function freshdesk(client: FreshClient): Console {
  const priorities: Record<string, string> = { 1: 'Low', 2: 'Medium', 3: 'High', 4: 'Urgent' };
  return {
    follow(told) {
      const read = async (): Promise<void> => {
        const optional = (what: string): Promise<Json> => client.data.get(what).then((found) => object(found[what]), () => ({}));
        const ticket = object((await client.data.get('ticket'))['ticket']);
        const [contact, company] = await Promise.all([optional('contact'), optional('company')]);
        told(fieldsOf({
          id: ticket['id'], subject: ticket['subject'], description: ticket['description_text'] ?? plain(ticket['description']),
          priority: ticket['priority_label'] ?? priorities[String(ticket['priority'])], category: ticket['type'] ?? ticket['ticket_type'],
          requester: contact['email'], organisation: company['name'], created: ticket['created_at'],
        }));
      };
      for (const event of ['app.activated', 'ticket.propertiesUpdated']) client.events.on(event, () => void read());
      void read();
    },
    resize: (height) => void client.instance?.resize?.({ height: `${height}px` }),
  };
}

/** Messages of the window around this one, from an origin that is named; all others are passed over. */
function hear(hosts: readonly string[], heard: (data: unknown) => void): void {
  addEventListener('message', ({ source, origin, data }) => {
    if (source === parent && parent !== self && hosts.includes(origin)) heard(data);
  });
}

/** Only the window of that origin gets it, whichever it is of those named. */
const tell = (hosts: readonly string[], what: unknown): void => {
  for (const host of hosts) parent.postMessage(what, host);
};

/** Chatwoot's dashboard apps: `appContext` as JSON text. A conversation's first message stands for subject and description. */
function chatwoot(hosts: readonly string[]): Console {
  return {
    follow(told) {
      hear(hosts, (data) => {
        if (typeof data !== 'string' || data.length > 5e6) return;
        let said: Json;
        try {
          said = object(JSON.parse(data));
        } catch {
          return;
        }
        if (said['event'] !== 'appContext') return;
        const { conversation: of, contact: who } = object(said['data']);
        const [conversation, contact] = [object(of), object(who)];
        const meta = object(conversation['meta']);
        const messages = Array.isArray(conversation['messages']) ? conversation['messages'].map(object) : [];
        const first = messages.find((one) => one['message_type'] === 0) ?? messages[0] ?? {};
        const created = Number(conversation['created_at'] ?? conversation['timestamp']);
        told(fieldsOf({
          id: conversation['id'], subject: first['content'], description: first['content'], priority: conversation['priority'],
          requester: contact['email'] ?? object(meta['sender'])['email'], organisation: object(contact['additional_attributes'])['company_name'], agent: object(meta['assignee'])['name'],
          created: created > 0 ? new Date(created * 1000).toISOString() : undefined,
        }));
      });
      tell(hosts, 'chatwoot-dashboard-app:fetch-info');
    },
    resize: () => undefined,
  };
}

/** Any other page: see docs/widget.md for the messages. */
function message(hosts: readonly string[]): Console {
  return {
    follow(told) {
      hear(hosts, (data) => {
        const { bellwether, type, ticket } = object(data);
        if (bellwether === 1 && type === 'ticket') told(fieldsOf(object(ticket)));
      });
      tell(hosts, { bellwether: 1, type: 'ready' });
    },
    resize: (height) => tell(hosts, { bellwether: 1, type: 'height', height }),
    scored: (id, probability, band) => tell(hosts, { bellwether: 1, type: 'score', id, probability, band }),
  };
}
