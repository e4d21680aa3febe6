import { noCustomHooks } from '../adapters/custom.ts';
import type { CustomHooks } from '../adapters/custom.ts';
import { fieldNames } from '../adapters/hooks.ts';
import { plainMapping } from '../adapters/mapping.ts';
import type { Mapping } from '../adapters/mapping.ts';
import type { Thresholds } from '../client/manifest.ts';

/** One helpdesk that the user, or an administrator, put in. */
export interface Site {
  /** `https://desk.example`, with its port where it has one. */
  origin: string;
  /** An adapter's id, or `custom`. */
  helpdesk: string;
}

export interface Settings {
  /** The bundle's folder; empty until it is set. */
  bundle: string;
  sites: Site[];
  mapping: Mapping;
  custom: CustomHooks;
  /** Instead of the bundle's own. */
  thresholds: Thresholds | null;
  /** BCP 47; empty: the page's own. */
  language: string;
  /** As of when scores speak: the present, or the moment the bundle's data end (to try an old bundle). */
  moment: 'now' | 'bundle';
}

export const noSettings: Settings = { bundle: '', sites: [], mapping: plainMapping, custom: noCustomHooks, thresholds: null, language: '', moment: 'now' };

/** The stored settings under the administrator's, which nobody can change. */
export async function readSettings(): Promise<{ settings: Settings; managed: ReadonlySet<string> }> {
  const [{ settings: own }, managed] = await Promise.all([chrome.storage.local.get('settings'), readManaged()]);
  return { settings: sound({ ...fields(own), ...managed }), managed: new Set(Object.keys(managed)) };
}

/** Stores all that the administrator left to the user; what the user had set of the rest stays as it was. */
export async function writeSettings(settings: Settings, managed: ReadonlySet<string>): Promise<void> {
  const { settings: own } = await chrome.storage.local.get('settings');
  const free = Object.fromEntries(Object.entries(settings).filter(([name]) => !managed.has(name)));
  await chrome.storage.local.set({ settings: { ...fields(own), ...free } });
}

async function readManaged(): Promise<Fields> {
  try {
    const { settings, ...plain } = await chrome.storage.managed.get();
    return { ...fields(settings), ...fields(plain) };
  } catch {
    // Firefox refuses where no policy is set.
    return {};
  }
}

type Fields = Record<string, unknown>;

const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {});
const text = (value: unknown, most = 2000): string => (typeof value === 'string' ? value.slice(0, most) : '');
const texts = (value: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries(fields(value)).flatMap(([name, one]) => (typeof one === 'string' ? [[name, one.slice(0, 500)]] : [])));
const fieldTexts = (value: unknown): Record<string, string> => Object.fromEntries(Object.entries(texts(value)).filter(([name]) => (fieldNames as readonly string[]).includes(name)));

/** Settings whatever was stored: what is not as it should be is as if it had not been said. */
export function sound(stored: Fields): Settings {
  const mapping = fields(stored['mapping']);
  const custom = fields(stored['custom']);
  return {
    bundle: address(stored['bundle']),
    sites: (Array.isArray(stored['sites']) ? stored['sites'] : []).slice(0, 100).flatMap((site: unknown) => {
      const origin = originOf(text(fields(site)['origin']));
      return origin ? [{ origin, helpdesk: text(fields(site)['helpdesk'], 40) }] : [];
    }),
    mapping: {
      key: text(mapping['key'], 100).includes('{id') ? text(mapping['key'], 100) : '{id}',
      columns: fieldTexts(mapping['columns']),
      values: Object.fromEntries(Object.entries(fields(mapping['values'])).map(([column, values]) => [column, texts(values)])),
      further: (Array.isArray(mapping['further']) ? mapping['further'] : []).slice(0, 30).map((one: unknown) => ({
        column: text(fields(one)['column'], 200), at: text(fields(one)['at'], 500), pattern: text(fields(one)['pattern'], 500),
      })),
    },
    custom: {
      ticketAddress: text(custom['ticketAddress'], 300), fields: fieldTexts(custom['fields']), cardAfter: text(custom['cardAfter'], 500),
      row: text(custom['row'], 500), rowFields: fieldTexts(custom['rowFields']),
    },
    thresholds: thresholds(stored['thresholds']),
    language: text(stored['language'], 20),
    moment: stored['moment'] === 'bundle' ? 'bundle' : 'now',
  };
}

function thresholds(value: unknown): Thresholds | null {
  const { watch, likely, critical } = fields(value);
  const numbers = [watch, likely, critical].map(Number);
  const rising = numbers.every((number, place) => number > (numbers[place - 1] ?? 0) && number < 1);
  return value && rising ? { watch: Number(watch), likely: Number(likely), critical: Number(critical) } : null;
}

function address(value: unknown): string {
  try {
    const url = new URL(text(value));
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return '';
    return url.href.endsWith('/') ? url.href : `${url.href}/`;
  } catch {
    return '';
  }
}

/** The origin of an address; empty when it is none that a helpdesk can have. */
export function originOf(value: string): string {
  try {
    const { protocol, origin } = new URL(value);
    return protocol === 'https:' || protocol === 'http:' ? origin : '';
  } catch {
    return '';
  }
}

/** The right that an origin needs. Firefox knows no ports there, so it is asked for all of a host's. */
export function patternOf(origin: string): string {
  const { protocol, hostname } = new URL(origin);
  return `${protocol}//${hostname}/*`;
}
