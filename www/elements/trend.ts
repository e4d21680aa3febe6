import { html, nothing, svg } from 'lit';
import type { TemplateResult } from 'lit';
import type { RiskPoint } from '../client/subscription.ts';
import { clock } from './moment.ts';
import type { Words } from './words.ts';

const width = 72;
const height = 20;
const margin = 2;
/** A line is never stretched so far that a small move looks large. */
const leastRange = 0.2;

/** The risk over time as a small step line, with its move in words; nothing until there are two points. */
export function renderTrend(points: readonly RiskPoint[], now: number, timeZone: string | undefined, words: Words): TemplateResult | typeof nothing {
  const known = points.filter(({ probability }) => !Number.isNaN(probability));
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last || first === last) return nothing;
  const move = Math.round((last.probability - first.probability) * 100);
  const since = clock(first.at, timeZone, words);
  const said = move === 0 ? words.trendFlat(since) : words.trend(Math.abs(move), move > 0, since);
  return html`<span class="trend" part="trend" title=${said}
    ><svg viewBox="0 0 ${width} ${height}" aria-hidden="true">${svg`<path d=${path(known, now)} fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round"/>`}</svg
    >${move === 0 ? nothing : html`<span aria-hidden="true">${move > 0 ? '▲' : '▼'} ${Math.abs(move)}</span>`}<span class="unseen">, ${said}</span></span
  >`;
}

function path(points: readonly RiskPoint[], now: number): string {
  const start = points[0]?.at ?? 0;
  const length = Math.max(1, now - start);
  const values = points.map(({ probability }) => probability);
  const middle = (Math.min(...values) + Math.max(...values)) / 2;
  const range = Math.max(leastRange, Math.max(...values) - Math.min(...values));
  const x = (at: number): string => (((at - start) / length) * width).toFixed(1);
  const y = (probability: number): string => (height / 2 - ((probability - middle) / range) * (height - 2 * margin)).toFixed(1);
  const steps = points.slice(1).map(({ at, probability }) => `H${x(at)}V${y(probability)}`);
  return `M0 ${y(values[0] ?? 0)}${steps.join('')}H${width}`;
}
