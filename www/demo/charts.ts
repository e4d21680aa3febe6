import * as Plot from '@observablehq/plot';
import { compared, recallAt, savingAYear } from './figures.ts';
import type { Approach, Costs, Figures } from './figures.ts';
import type { DemoWords } from './words.ts';

/** What the reader chose. */
export interface Choice {
  /** Share of the tickets that can be reviewed. */
  share: number;
  aDay: number;
  costs: Costs;
}

const style = { background: 'none', color: 'inherit', fontFamily: 'inherit', fontSize: '12px', overflow: 'visible' };
const stroke = (name: string): string => (name === 'relational' ? 'var(--accent)' : 'var(--soft)');
const dashes: Record<string, string> = { relational: '0', text: '0', category_rate: '4 3', priority: '1 3' };
const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** One picture to a screen reader, named as a whole; its figures stand in the table beside it. */
function picture(options: Plot.PlotOptions): Element {
  const plot = Plot.plot(options);
  plot.setAttribute('role', 'img');
  for (const part of plot.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label');
  return plot;
}

interface Line {
  name: string;
  points: { x: number; y: number }[];
}

const line = ({ name, points }: Line): Plot.Markish =>
  Plot.line(points, { x: 'x', y: 'y', stroke: stroke(name), strokeWidth: name === 'relational' ? 2.5 : 1.25, strokeDasharray: dashes[name] ?? '0' });

const shares = Array.from({ length: 101 }, (_, place) => place / 100);

export function recallChart(figures: Figures, { share }: Choice, width: number, words: DemoWords): Element {
  const all = compared(figures);
  const data = all.map(({ name, curves }) => ({ name, points: curves.recall_by_workload.map((y, place) => ({ x: place / 100, y })) }));
  return picture({
    width, height: 260, marginLeft: 44, marginRight: 16, marginBottom: 36, style,
    ariaLabel: words.charts.recall,
    x: { domain: [0, 1], label: words.axes.reviewed, labelAnchor: 'center', labelArrow: 'none', tickFormat: percent, ticks: 5, tickSize: 0 },
    y: { domain: [0, 1], label: words.axes.caught, labelArrow: 'none', tickFormat: percent, ticks: 5, tickSize: 0, grid: true },
    marks: [
      ...data.map(line),
      Plot.ruleX([share], { stroke: 'var(--accent)', strokeDasharray: '3 3' }),
      Plot.dot(all, { x: share, y: (approach: Approach) => recallAt(approach, share), fill: (approach: Approach) => stroke(approach.name), r: 4 }),
      ...endLabels(all.map((approach) => ({ name: approach.name, y: recallAt(approach, share) })), share, 0.075, words, (y) => percent(y)),
    ],
  });
}

/** Names beside the dots, moved apart so that none covers another. */
function endLabels(dots: { name: string; y: number }[], x: number, gap: number, words: DemoWords, say: (y: number) => string): Plot.Markish[] {
  const placed = [...dots].sort((a, b) => b.y - a.y).map((dot) => ({ ...dot, at: dot.y }));
  for (const [index, dot] of placed.entries()) {
    const above = placed[index - 1];
    if (above) dot.at = Math.min(dot.at, above.at - gap);
  }
  const anchor = x > 0.6 ? 'end' : 'start';
  return placed.map(({ name, y, at }) =>
    Plot.text([{ x, y: at }], {
      x: 'x', y: 'y', text: [`${words.approaches[name]?.name ?? name} ${say(y)}`], textAnchor: anchor, dx: anchor === 'start' ? 10 : -10, dy: 6,
      fill: name === 'relational' ? 'var(--accent)' : 'var(--ink)', fontWeight: name === 'relational' ? 600 : 400,
      stroke: 'var(--page)', strokeWidth: 5, paintOrder: 'stroke',
    }),
  );
}

export function savingChart(figures: Figures, { share, aDay, costs }: Choice, width: number, words: DemoWords, money: (dollars: number) => string): Element {
  const all = compared(figures);
  const saving = (approach: Approach, at: number): number => savingAYear(approach, at, aDay, figures.test_mean, costs);
  const data = all.map((approach) => ({ name: approach.name, points: shares.map((x) => ({ x, y: saving(approach, x) })) }));
  const most = Math.max(1, ...data.flatMap(({ points }) => points.map(({ y }) => y)));
  const least = Math.min(0, ...data.flatMap(({ points }) => points.map(({ y }) => y)));
  return picture({
    width, height: 260, marginLeft: 56, marginRight: 16, marginBottom: 36, style,
    ariaLabel: words.charts.saving,
    x: { domain: [0, 1], label: words.axes.reviewed, labelAnchor: 'center', labelArrow: 'none', tickFormat: percent, ticks: 5, tickSize: 0 },
    y: { domain: [least, most], label: words.axes.saved, labelArrow: 'none', tickFormat: money, ticks: 5, tickSize: 0, grid: true },
    marks: [
      Plot.ruleY([0], { stroke: 'var(--soft)' }),
      ...data.map(line),
      Plot.ruleX([share], { stroke: 'var(--accent)', strokeDasharray: '3 3' }),
      Plot.dot(all, { x: share, y: (approach: Approach) => saving(approach, share), fill: (approach: Approach) => stroke(approach.name), r: 4 }),
      ...endLabels(all.map((approach) => ({ name: approach.name, y: saving(approach, share) })), share, 0.075 * (most - least), words, money),
    ],
  });
}

export function reliabilityChart(figures: Figures, width: number, words: DemoWords): Element {
  const bins = compared(figures).find(({ name }) => name === 'relational')?.curves.reliability ?? [];
  return picture({
    width, height: 260, marginLeft: 44, marginRight: 16, marginBottom: 36, style,
    ariaLabel: words.charts.reliability,
    x: { domain: [0, 1], label: words.axes.said, labelAnchor: 'center', labelArrow: 'none', tickFormat: percent, ticks: 5, tickSize: 0 },
    y: { domain: [0, 1], label: words.axes.escalated, labelArrow: 'none', tickFormat: percent, ticks: 5, tickSize: 0, grid: true },
    marks: [
      Plot.link([0], { x1: 0, y1: 0, x2: 1, y2: 1, stroke: 'var(--soft)', strokeDasharray: '3 3' }),
      Plot.text([{ x: 1, y: 1 }], { x: 'x', y: 'y', text: [words.asSaid], dx: -24, dy: 4, fill: 'var(--soft)', textAnchor: 'end' }),
      Plot.line(bins, { x: 'probability', y: 'rate', stroke: 'var(--accent)', strokeWidth: 1.5 }),
      Plot.dot(bins, {
        x: 'probability', y: 'rate', fill: 'var(--accent)', r: 4,
        title: ({ probability, rate, rows }: { probability: number; rate: number; rows: number }) => words.bin(percent(probability), percent(rate), rows),
      }),
    ],
  });
}
