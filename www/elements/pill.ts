import { css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Band } from '../client/card.ts';
import { shapes } from './bands.ts';
import { exactPercent, percent } from './say.ts';
import type { Words } from './words.ts';

/** Smaller moves are noise to a reader. */
export const notableChange = 0.05;

export const pillStyles = css`
  .pill {
    display: inline-flex; align-items: center; gap: 6px;
    block-size: 20px; padding-inline: 8px; border-radius: 10px;
    font-size: var(--small); line-height: 20px; font-weight: 600; white-space: nowrap;
    color: var(--hue); background: var(--fill);
  }
  .pill svg { inline-size: 10px; block-size: 10px; flex: none; }
  .low { --hue: var(--low); --fill: var(--low-fill); }
  .watch { --hue: var(--watch); --fill: var(--watch-fill); }
  .likely { --hue: var(--likely); --fill: var(--likely-fill); }
  .critical { --hue: var(--critical); --fill: var(--critical-fill); }
  .unknown, .waiting { --hue: var(--unknown); --fill: var(--unknown-fill); }
  .pill .change { font-size: 8px; margin-inline-start: -2px; }
  @media (forced-colors: active) { .pill { border: 1px solid; } }
`;

export interface PillView {
  band: Band | null;
  probability: number;
  change?: number;
  /** Whether the probability is written; the card has it in large beside. */
  bare?: boolean;
}

/** The pill that badge, board and card draw alike. */
export function pill({ band, probability, change = 0, bare = false }: PillView, words: Words): TemplateResult {
  if (!band) return html`<span part="base" class="pill waiting">${words.notScored}</span>`;
  const known = band !== 'unknown' && !Number.isNaN(probability);
  const title = band === 'unknown' ? words.unknownTitle : known ? exactPercent(probability, words.locale) : nothing;
  return html`<span part="base" class="pill ${band}" title=${title}
    ><svg part="icon" viewBox="0 0 10 10" aria-hidden="true">${shapes[band]}</svg
    ><span>${words.bands[band]}${known && !bare ? html` ${percent(probability)}` : nothing}</span>${known ? arrow(change, words) : nothing}</span
  >`;
}

function arrow(change: number, words: Words): TemplateResult | typeof nothing {
  if (Math.abs(change) < notableChange) return nothing;
  const up = change > 0;
  return html`<span part="change" class="change" aria-hidden="true">${up ? '▲' : '▼'}</span
    ><span class="unseen">, ${words.moved(Math.round(Math.abs(change) * 100), up)}</span>`;
}
