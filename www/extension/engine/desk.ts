import { readDirectory, rowOf } from '../../adapters/index.ts';
import type { Directory } from '../../adapters/index.ts';
import { fetchBundle, fetchChecked } from '../../client/bundle.ts';
import { readManifest } from '../../client/manifest.ts';
import { open } from '../../client/open.ts';
import type { Bellwether } from '../../client/open.ts';
import type { Row } from '../../client/row.ts';
import { startWorker } from '../../client/start-worker.ts';
import type { Asks, EngineAsk, EngineAskName, ExplainedTicket, PageTicket } from '../messages.ts';
import { sayings } from '../say.ts';
import type { Settings } from '../settings.ts';

interface Opened {
  address: string;
  manifest: string;
  bellwether: Bellwether;
  directory: Directory | undefined;
  /** When the manifest was last asked for. */
  looked: number;
}

/** How often a newer bundle is looked for. */
const lookEveryMs = 10 * 60_000;
const ticketsAtOnce = 500;

/** Scores what content scripts read, over the bundle that the settings name. One bundle is open at a time. */
export class Desk {
  private opening: Promise<Opened> | undefined;
  private turn: Promise<unknown> = Promise.resolve();

  async answer(ask: EngineAsk, settings: Settings): Promise<Asks[EngineAskName]['answer']> {
    const opened = await this.opened(settings.bundle, ask.language);
    const { bellwether, directory } = opened;
    const { manifest } = bellwether;
    switch (ask.ask) {
      case 'bundle':
        return {
          query: manifest.query, builtAt: manifest.built_at, thresholds: manifest.thresholds, directory: directory !== undefined,
          columns: directory?.columns.map(({ name, kind }) => ({ name, kind })) ?? [],
        };
      case 'score': {
        const now = moment(opened, settings);
        const made = await Promise.all(ask.tickets.slice(0, ticketsAtOnce).map((ticket) => row(ticket, opened, settings, now, ask.language)));
        const rows = made.map(({ row }) => row);
        const { kind } = manifest;
        if (kind === 'regression') {
          // Only a card has the number as people say it.
          const cards = await this.speaking(bellwether, ask.language, () => bellwether.explainAll(rows, { now }));
          return { kind, thresholds: null, scored: made.map(({ notes }, place) => ({ probability: null, value: cards[place]?.value ?? null, shown: cards[place]?.shown ?? null, notes })) };
        }
        const scored = await bellwether.score(rows, { now });
        return {
          kind,
          thresholds: settings.thresholds ?? manifest.thresholds,
          scored: made.map(({ notes }, place) => ({ probability: Number.isNaN(scored[place] ?? NaN) ? null : (scored[place] ?? null), value: null, shown: null, notes })),
        };
      }
      case 'explain':
      case 'whatIf':
        return this.card(ask, opened, settings);
    }
  }

  private async card(ask: Extract<EngineAsk, { ask: 'explain' | 'whatIf' }>, opened: Opened, settings: Settings): Promise<ExplainedTicket> {
    const now = moment(opened, settings);
    const { row: made, notes } = await row(ask.ticket, opened, settings, now, ask.language);
    const { bellwether } = opened;
    const card = await this.speaking(bellwether, ask.language, () => (ask.ask === 'explain' ? bellwether.explain(made, { now }) : bellwether.whatIf(made, ask.change, { now })));
    return {
      card: { ...card, band: banded(card, settings), partial: [...card.partial, ...notes] },
      dataUntil: Date.parse(bellwether.manifest.built_at),
      now,
    };
  }

  /** Pages of several languages may ask at once: each answer is finished before the next one's language is spoken. */
  private speaking<T>(bellwether: Bellwether, language: string, answer: () => Promise<T>): Promise<T> {
    const next = this.turn.then(async () => {
      await bellwether.speak(language || 'en');
      return answer();
    });
    this.turn = next.catch(() => undefined);
    return next;
  }

  private async opened(address: string, language: string): Promise<Opened> {
    if (!address) throw new Error(sayings(language).noBundle);
    const before = await this.opening?.catch(() => undefined);
    if (before?.address === address) {
      if (Date.now() - before.looked < lookEveryMs || !(await renewed(before))) return before;
      before.bellwether.close();
    } else if (before) {
      before.bellwether.close();
    }
    // Whoever came meanwhile opened it already.
    if (this.opening && before !== (await this.opening.catch(() => undefined))) return this.opened(address, language);
    this.opening = openDesk(address);
    return this.opening;
  }
}

async function openDesk(address: string): Promise<Opened> {
  const parts = await fetchBundle(address);
  const { files } = readManifest(parts.manifest);
  const [bellwether, directory] = await Promise.all([
    open(parts, { wasm: chrome.runtime.getURL('bellwether_bg.wasm'), worker: () => startWorker(chrome.runtime.getURL('worker.js')) }),
    files.directory ? fetchChecked(address, files.directory).then(readDirectory) : undefined,
  ]);
  return { address, manifest: parts.manifest, bellwether, directory, looked: Date.now() };
}

/** Whether another bundle lies at the address now; while it cannot be reached, the one that is open stays. */
async function renewed(opened: Opened): Promise<boolean> {
  opened.looked = Date.now();
  try {
    const response = await fetch(new URL('manifest.json', opened.address), { cache: 'no-store' });
    return response.ok && (await response.text()) !== opened.manifest;
  } catch {
    return false;
  }
}

const moment = ({ bellwether }: Opened, settings: Settings): number => (settings.moment === 'bundle' ? Date.parse(bellwether.manifest.built_at) : Date.now());

function row(ticket: PageTicket, { bellwether, directory }: Opened, settings: Settings, now: number, language: string): Promise<{ row: Row; notes: string[] }> {
  return rowOf(ticket.fields, ticket.further, bellwether.manifest.entity.key, settings.mapping, directory, now, language);
}

function banded({ band, probability }: Asks['explain']['answer']['card'], { thresholds }: Settings): Asks['explain']['answer']['card']['band'] {
  if (!thresholds || probability === null) return band;
  return probability >= thresholds.critical ? 'critical' : probability >= thresholds.likely ? 'likely' : probability >= thresholds.watch ? 'watch' : 'low';
}
