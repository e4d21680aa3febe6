// The widget: one page for the frame beside a ticket in an agent's console. It scores in its own worker.
import '../elements/index.ts';
import { readDirectory, rowOf } from '../adapters/index.ts';
import type { Directory, Fields } from '../adapters/index.ts';
import { bandOf } from '../client/band.ts';
import { fetchBundle, fetchChecked } from '../client/bundle.ts';
import type { WhatIf } from '../client/card.ts';
import { readManifest } from '../client/manifest.ts';
import { open } from '../client/open.ts';
import type { Bellwether } from '../client/open.ts';
import type { Row } from '../client/row.ts';
import { startWorker } from '../client/start-worker.ts';
import { consoleOf, installed } from './console.ts';
import type { Console } from './console.ts';
import { widgetSettings } from './settings.ts';
import type { WidgetSettings } from './settings.ts';

const card = document.querySelector('bellwether-card');
if (card) void begin(card);

async function begin(card: HTMLElementTagNameMap['bellwether-card']): Promise<void> {
  card.loading = true;
  try {
    const settings = await stored();
    if (settings.language) document.documentElement.lang = settings.language;
    const [desk, around] = await Promise.all([openDesk(settings), consoleOf(settings)]);
    card.loading = false;
    card.dataUntil = Date.parse(desk.bellwether.manifest.built_at);
    new ResizeObserver(() => around.resize(Math.ceil(document.documentElement.getBoundingClientRect().height))).observe(document.body);
    follow(card, settings, desk, around);
  } catch (error) {
    Object.assign(card, { loading: false, error: error instanceof Error ? error.message : String(error) });
    card.addEventListener('bellwether-retry', () => location.reload(), { once: true });
  }
}

/** `widget.json` beside the page, or what the console keeps of its installation. */
async function stored(): Promise<WidgetSettings> {
  const own = await fetch('widget.json', { cache: 'no-store' }).then(
    (response) => (response.ok ? (response.json() as Promise<Record<string, unknown>>) : {}),
    () => ({}),
  );
  const { bundle, settings } = await installed();
  const more: unknown = typeof settings === 'string' && settings ? JSON.parse(settings) : {};
  return widgetSettings({ ...own, ...(more as object), ...(typeof bundle === 'string' && bundle && { bundle }) });
}

interface Desk {
  bellwether: Bellwether;
  directory: Directory | undefined;
}

async function openDesk({ bundle }: WidgetSettings): Promise<Desk> {
  if (!bundle) throw new Error('No bundle is set: name its address as "bundle" in widget.json.');
  const parts = await fetchBundle(bundle);
  const { files } = readManifest(parts.manifest);
  const [bellwether, directory] = await Promise.all([
    open(parts, { wasm: new URL('bellwether_bg.wasm', location.href), worker: () => startWorker(new URL('worker.js', location.href).href) }),
    files.directory ? fetchChecked(bundle, files.directory).then(readDirectory) : undefined,
  ]);
  return { bellwether, directory };
}

function follow(card: HTMLElementTagNameMap['bellwether-card'], settings: WidgetSettings, { bellwether, directory }: Desk, around: Console): void {
  const { manifest } = bellwether;
  let latest = 0;
  let row: Row | undefined;
  let notes: string[] = [];
  const now = (): number => (settings.moment === 'bundle' ? Date.parse(manifest.built_at) : Date.now());
  const show = async (assumed: WhatIf | null): Promise<void> => {
    if (!row) return;
    const turn = ++latest;
    const asOf = { now: now() };
    try {
      const answer = await (assumed ? bellwether.whatIf(row, assumed.change, asOf) : bellwether.explain(row, asOf));
      if (turn !== latest) return;
      const band = settings.thresholds && answer.probability !== null ? bandOf(answer.probability, settings.thresholds) : answer.band;
      Object.assign(card, { card: { ...answer, band, partial: [...answer.partial, ...notes] }, now: asOf.now, heading: answer.entity, assumed: assumed?.label ?? '', error: '' });
      if (!assumed) around.scored?.(answer.entity, answer.probability, band);
    } catch (error) {
      if (turn === latest) card.error = error instanceof Error ? error.message : String(error);
    }
  };
  card.addEventListener('bellwether-what-if', (event) => void show((event as CustomEvent<WhatIf | null>).detail));
  card.addEventListener('bellwether-retry', () => void show(null));
  around.follow((fields: Fields) => {
    if (!fields.id) return;
    void rowOf(fields, {}, manifest.entity.key, settings.mapping, directory, now(), document.documentElement.lang).then((made) => {
      ({ row, notes } = made);
      return show(null);
    });
  });
}
