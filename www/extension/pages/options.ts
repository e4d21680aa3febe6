// The options page: what is in the form is the settings; nothing takes effect before it is saved.
import { fieldNames, helpdesks } from '../../adapters/index.ts';
import type { CustomHooks, FieldName } from '../../adapters/index.ts';
import { ask } from '../messages.ts';
import { originOf, patternOf, readSettings, sound, writeSettings } from '../settings.ts';
import type { Settings, Site } from '../settings.ts';
import { examine, pickOn } from './examine.ts';
import { furtherFrom, furtherText, valuesFrom, valuesText } from './lines.ts';

const field = <T extends HTMLElement = HTMLInputElement>(id: string): T => document.getElementById(id) as T;
const mapped = fieldNames.filter((name) => name !== 'id');
const names: Record<FieldName, string> = {
  id: 'Number', subject: 'Subject', description: 'Description', priority: 'Priority', category: 'Category', requester: 'Requester (address)', organisation: 'Organisation', agent: 'Agent', created: 'Created',
};
let sites: Site[] = [];

void begin();

async function begin(): Promise<void> {
  const options = [...helpdesks.map(({ id, name }) => [id, name] as const), ['custom', 'Own'] as const];
  field<HTMLSelectElement>('new-helpdesk').append(...options.map(([id, name]) => new Option(name, id)));
  for (const name of mapped) field('columns').append(labelled(`column-${name}`, names[name], 'by its name'));
  for (const name of mapped) field('custom-fields').append(picked(`custom-${name}`, names[name]));
  field('custom-fields').append(picked('custom-card', 'The card goes after'));
  field('custom-rows').append(picked('row', 'A row'), picked('row-id', 'Its link to the ticket'), picked('row-subject', 'Its subject'), picked('row-requester', 'Its requester'), picked('row-priority', 'Its priority'));
  const { settings, managed } = await readSettings();
  fill(settings);
  field('managed').hidden = managed.size === 0;
  for (const name of managed) for (const element of managedFields[name] ?? []) field(element).disabled = true;
  field('form').addEventListener('submit', (event) => {
    event.preventDefault();
    save().catch(say);
  });
  field('add').addEventListener('click', () => void add().catch(say));
  field('test').addEventListener('click', () => void save().then(() => examine(field('examined')), say));
  field('export').addEventListener('click', () => void exportFeedback());
  // What is typed before the settings are there would be lost.
  field('all').disabled = false;
  await facts();
}

const managedFields: Record<string, string[]> = {
  bundle: ['bundle'], sites: ['new-origin', 'new-helpdesk', 'add'], mapping: ['key', 'values', 'further', ...mapped.map((name) => `column-${name}`)], language: ['language'], moment: ['moment'], thresholds: ['watch', 'likely', 'critical'],
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
  const button = Object.assign(document.createElement('button'), { type: 'button', textContent: 'Pick' });
  button.setAttribute('aria-label', `Pick: ${text}`);
  button.addEventListener('click', () => void pickOn(sites, text).then((selector) => selector && input && (input.value = selector), say));
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
  for (const name of ['id', 'subject', 'requester', 'priority'] as const) field(`row-${name}`).value = custom.rowFields[name] ?? '';
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
      row: field('row').value.trim(), rowFields: filled('row-', ['id', 'subject', 'requester', 'priority']),
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
    say('Without the right to fetch it the bundle is read only where its server allows this extension.');
  }
  await writeSettings(settings);
  fill(settings);
  say('Saved.');
  await facts();
}

async function add(): Promise<void> {
  const origin = originOf(field('new-origin').value.trim());
  if (!origin) return say('That is no address: https://desk.example');
  if (!(await chrome.permissions.request({ origins: [patternOf(origin)] }))) return say(`${origin} was not granted.`);
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
      what.textContent = helpdesks.find(({ id }) => id === helpdesk)?.name ?? 'Own';
      what.className = 'soft';
      item.append(address, what);
      if (!(await chrome.permissions.contains({ origins: [patternOf(origin)] }))) item.append(button('Grant', () => void chrome.permissions.request({ origins: [patternOf(origin)] }).then(showSites, say)));
      item.append(button('Remove', () => void remove(origin).catch(say)));
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
  output.textContent = 'Reading the bundle…';
  try {
    const { query, builtAt, columns, directory } = await ask('bundle', {});
    output.textContent = `${query}\nData up to ${builtAt}. ${directory ? `Columns: ${columns.map(({ name }) => name).join(', ')}.` : 'It has no directory, so requesters lead nowhere: train it again with this version.'}`;
  } catch (error) {
    output.classList.add('wrong');
    output.textContent = error instanceof Error ? error.message : String(error);
  }
}

async function exportFeedback(): Promise<void> {
  const { feedback } = (await chrome.storage.local.get('feedback')) as { feedback?: string };
  if (!feedback) return say('There is no feedback yet.');
  const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(new Blob([feedback], { type: 'application/jsonl' })), download: 'feedback.jsonl' });
  link.click();
  URL.revokeObjectURL(link.href);
}

function say(words: unknown): void {
  field('said').textContent = words instanceof Error ? words.message : String(words);
}

