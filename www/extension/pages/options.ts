// The options page: what is in the form is the settings; nothing takes effect before it is saved.
import { fieldNames, helpdesks } from '../../adapters/index.ts';
import type { CustomHooks, FieldName } from '../../adapters/index.ts';
import { ask } from '../messages.ts';
import { originOf, patternOf, readSettings, sound, writeSettings } from '../settings.ts';
import type { Settings, Site } from '../settings.ts';
import { examine, pickOn } from './examine.ts';
import { furtherFrom, furtherText, valuesFrom, valuesText } from './lines.ts';
import { english, pageWords, sayPage } from './words.ts';

const field = <T extends HTMLElement = HTMLInputElement>(id: string): T => document.getElementById(id) as T;
const mapped = fieldNames.filter((name) => name !== 'id');
let sites: Site[] = [];
let words = english;
/** What the administrator has set. */
let fixed: ReadonlySet<string> = new Set();
const rowFields = ['id', 'subject', 'requester', 'priority'] as const;

void begin();

async function begin(): Promise<void> {
  const { settings, managed } = await readSettings();
  fixed = managed;
  words = pageWords(settings.language || chrome.i18n.getUILanguage());
  sayPage(document, words);
  const options = [...helpdesks.map(({ id, name }) => [id, name] as const), ['custom', words.own] as const];
  field<HTMLSelectElement>('new-helpdesk').append(...options.map(([id, name]) => new Option(name, id)));
  for (const name of mapped) field('columns').append(labelled(`column-${name}`, words.names[name], words.byName));
  for (const name of mapped) field('custom-fields').append(picked(`custom-${name}`, words.names[name]));
  field('custom-fields').append(picked('custom-card', words.cardAfter));
  field('custom-rows').append(picked('row', words.row), ...rowFields.map((name) => picked(`row-${name}`, words.rowFields[name])));
  fill(settings);
  field('managed').hidden = managed.size === 0;
  for (const name of managed) for (const element of managedFields[name] ?? []) field(element).disabled = true;
  field('form').addEventListener('submit', (event) => {
    event.preventDefault();
    save().catch(say);
  });
  field('add').addEventListener('click', () => void add().catch(say));
  field('test').addEventListener('click', () => void save().then(() => examine(field('examined'), words), say));
  field('export').addEventListener('click', () => void exportFeedback());
  // What is typed before the settings are there would be lost.
  field('all').disabled = false;
  await facts();
}

const managedFields: Record<string, string[]> = {
  bundle: ['bundle'], sites: ['new-origin', 'new-helpdesk', 'add'], mapping: ['key', 'values', 'further', ...mapped.map((name) => `column-${name}`)], custom: ['custom-address', 'custom-card', 'row', ...mapped.map((name) => `custom-${name}`), ...rowFields.map((name) => `row-${name}`)], language: ['language'], moment: ['moment'], thresholds: ['watch', 'likely', 'critical'],
};

function labelled(id: string, text: string, placeholder = ''): HTMLLabelElement {
  const label = document.createElement('label');
  const span = document.createElement('span');
  span.textContent = text;
  label.append(span, Object.assign(document.createElement('input'), { id, placeholder, autocomplete: 'off' }));
  return label;
}

/** A field for a selector, with a button to pick it on the page. */
function picked(id: string, text: string): HTMLLabelElement {
  const label = labelled(id, text);
  const input = label.querySelector('input');
  const button = Object.assign(document.createElement('button'), { type: 'button', textContent: words.pick });
  button.setAttribute('aria-label', words.pickWhat(text));
  button.addEventListener('click', () => void pickOn(sites, text, words).then((selector) => selector && input && (input.value = selector), say));
  const both = document.createElement('div');
  both.className = 'with-button';
  both.append(input ?? '', button);
  label.append(both);
  return label;
}

function fill({ bundle, sites: of, mapping, custom, thresholds, language, moment }: Settings): void {
  field('bundle').value = bundle;
  sites = of;
  field('key').value = mapping.key;
  for (const name of mapped) field(`column-${name}`).value = mapping.columns[name] ?? '';
  field<HTMLTextAreaElement>('values').value = valuesText(mapping.values);
  field<HTMLTextAreaElement>('further').value = furtherText(mapping.further);
  field('custom-address').value = custom.ticketAddress;
  for (const name of mapped) field(`custom-${name}`).value = custom.fields[name] ?? '';
  field('custom-card').value = custom.cardAfter;
  field('row').value = custom.row;
  for (const name of rowFields) field(`row-${name}`).value = custom.rowFields[name] ?? '';
  field<HTMLSelectElement>('language').value = language;
  field<HTMLSelectElement>('moment').value = moment;
  for (const band of ['watch', 'likely', 'critical'] as const) field(band).value = thresholds ? String(Math.round(thresholds[band] * 1e4) / 100) : '';
  void showSites();
}

function read(): Settings {
  const filled = (prefix: string, of: readonly FieldName[]): CustomHooks['fields'] =>
    Object.fromEntries(of.flatMap((name) => (field(`${prefix}${name}`).value.trim() ? [[name, field(`${prefix}${name}`).value.trim()]] : [])));
  const percent = (id: string): number => Number(field(id).value) / 100;
  return sound({
    bundle: field('bundle').value.trim(),
    sites,
    mapping: {
      key: field('key').value.trim(),
      columns: filled('column-', mapped),
      values: valuesFrom(field<HTMLTextAreaElement>('values').value),
      further: furtherFrom(field<HTMLTextAreaElement>('further').value),
    },
    custom: {
      ticketAddress: field('custom-address').value.trim(), fields: filled('custom-', mapped), cardAfter: field('custom-card').value.trim(),
      row: field('row').value.trim(), rowFields: filled('row-', rowFields),
    },
    thresholds: field('watch').value ? { watch: percent('watch'), likely: percent('likely'), critical: percent('critical') } : null,
    language: field<HTMLSelectElement>('language').value,
    moment: field<HTMLSelectElement>('moment').value,
  });
}

async function save(): Promise<void> {
  const settings = read();
  // The click that saves is also the one that may ask for the right to fetch the bundle.
  if (settings.bundle && !(await chrome.permissions.request({ origins: [patternOf(originOf(settings.bundle))] }))) {
    say(words.bundleNotGranted);
  }
  await writeSettings(settings, fixed);
  // The page is drawn in one language: in another, anew.
  if (pageWords(settings.language || chrome.i18n.getUILanguage()) !== words) return location.reload();
  fill(settings);
  say(words.saved);
  await facts();
}

async function add(): Promise<void> {
  const origin = originOf(field('new-origin').value.trim());
  if (!origin) return say(words.noAddress);
  if (!(await chrome.permissions.request({ origins: [patternOf(origin)] }))) return say(words.notGranted(origin));
  sites = [...sites.filter((site) => site.origin !== origin), { origin, helpdesk: field<HTMLSelectElement>('new-helpdesk').value }];
  field('new-origin').value = '';
  await save();
}

async function remove(origin: string): Promise<void> {
  sites = sites.filter((site) => site.origin !== origin);
  const pattern = patternOf(origin);
  // The bundle, or another helpdesk, may lie on the same host.
  const { bundle } = read();
  const stillNeeded = [...sites.map((site) => site.origin), ...(bundle ? [originOf(bundle)] : [])].some((other) => patternOf(other) === pattern);
  if (!stillNeeded) await chrome.permissions.remove({ origins: [pattern] });
  await save();
}

async function showSites(): Promise<void> {
  const items = await Promise.all(
    sites.map(async ({ origin, helpdesk }) => {
      const item = document.createElement('li');
      const [address, what] = [document.createElement('span'), document.createElement('span')];
      address.textContent = origin;
      what.textContent = helpdesks.find(({ id }) => id === helpdesk)?.name ?? words.own;
      what.className = 'soft';
      item.append(address, what);
      if (!(await chrome.permissions.contains({ origins: [patternOf(origin)] }))) item.append(button(words.grant, () => void chrome.permissions.request({ origins: [patternOf(origin)] }).then(showSites, say)));
      if (!fixed.has('sites')) item.append(button(words.remove, () => void remove(origin).catch(say)));
      return item;
    }),
  );
  field('sites').replaceChildren(...items);
}

function button(text: string, pressed: () => void): HTMLButtonElement {
  const made = Object.assign(document.createElement('button'), { type: 'button', textContent: text });
  made.addEventListener('click', pressed);
  return made;
}

/** What lies at the bundle's address. */
async function facts(): Promise<void> {
  const output = field<HTMLOutputElement>('bundle-facts');
  output.classList.remove('wrong');
  if (!field('bundle').value) return;
  output.textContent = words.readingBundle;
  try {
    const { query, builtAt, columns, directory } = await ask('bundle', { language: words.locale });
    output.textContent = `${query}\n${words.dataUntil(new Date(builtAt).toLocaleString(words.locale, { dateStyle: 'long', timeStyle: 'short' }))} ${directory ? words.columns(columns.map(({ name }) => name).join(', ')) : words.noDirectory}`;
  } catch (error) {
    output.classList.add('wrong');
    output.textContent = error instanceof Error ? error.message : String(error);
  }
}

async function exportFeedback(): Promise<void> {
  const { feedback } = (await chrome.storage.local.get('feedback')) as { feedback?: string };
  if (!feedback) return say(words.noFeedback);
  const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(new Blob([feedback], { type: 'application/jsonl' })), download: 'feedback.jsonl' });
  link.click();
  URL.revokeObjectURL(link.href);
}

function say(words: unknown): void {
  field('said').textContent = words instanceof Error ? words.message : String(words);
}

