import { html, nothing } from 'lit';
import { ref } from 'lit/directives/ref.js';
import { money, percent } from '../elements/index.ts';
import { recallChart, reliabilityChart, savingChart } from './charts.ts';
import type { Choice } from './charts.ts';
import { compared, recallAt, savingAYear } from './figures.ts';
import type { Approach, Costs, Figures } from './figures.ts';
import type { Source } from './source.ts';
import type { DeskState } from './state.ts';
import { figure } from './words.ts';
import type { DemoWords } from './words.ts';

/** The figures behind the badges, measured on tickets that the model never saw, and what they are worth at the reader's own costs. */
export class FiguresView {
  private figures: Figures | undefined;
  private error = '';
  private near = false;
  private costs: Costs = { escalation: 500, lateFactor: 3, review: 5 };
  private drawn = new WeakMap<Element, string>();
  private readonly sizes = new ResizeObserver(() => this.redraw());

  constructor(
    private readonly source: Source,
    private readonly redraw: () => void,
    private readonly setCapacity: (capacity: number) => void,
  ) {}

  view(state: DeskState, capacity: number, words: DemoWords): unknown {
    const { figures } = this;
    return html`<section class="figures" aria-labelledby="figures-title" ${ref((element) => this.watch(element))}>
      <p class="caption"><b>4</b> ${words.captions[3]}</p>
      ${this.error ? html`<h2 id="figures-title">${words.noFigures}</h2><p class="soft">${words.figuresError(this.error)}</p>` : figures && state.desk ? this.content(figures, capacity, state.desk.a_day, words) : html`<h2 id="figures-title">${words.measuring}</h2>`}
    </section>`;
  }

  private content(figures: Figures, capacity: number, aDay: number, words: DemoWords): unknown {
    const share = Math.min(1, capacity / aDay);
    const choice: Choice = { share, aDay, costs: this.costs };
    const { tag } = words.other;
    const all = compared(figures);
    const ours = all.find(({ name }) => name === 'relational');
    const rule = all.find(({ name }) => name === 'priority');
    if (!ours || !rule) return nothing;
    const saving = (approach: Approach): number => savingAYear(approach, share, aDay, figures.test_mean, this.costs);
    return html`<h2 id="figures-title">
        ${words.figuresTitle(capacity, aDay, percent(recallAt(ours, share)), percent(recallAt(rule, share)))}
      </h2>
      <p class="soft">${words.figuresNote({
        tested: figure(figures.test_examples, 0, words),
        since: figures.cut.slice(0, 10),
        share: percent(figures.test_mean),
        trained: figure(figures.train_examples, 0, words),
      })}</p>
      <div class="sliders">
        ${slider(words.sliders[0], String(capacity), capacity, 1, aDay, 1, (value) => this.setCapacity(value))}
        ${slider(words.sliders[1], money(this.costs.escalation), this.costs.escalation, 50, 3000, 50, (escalation) => this.setCosts({ escalation }))}
        ${slider(words.sliders[2], words.timesAsLong(figure(this.costs.lateFactor, 1, words)), this.costs.lateFactor, 1, 6, 0.5, (lateFactor) => this.setCosts({ lateFactor }))}
        ${slider(words.sliders[3], money(this.costs.review), this.costs.review, 0, 60, 1, (review) => this.setCosts({ review }))}
      </div>
      <div class="charts">
        ${this.chart(words.recallTitle(percent(recallAt(ours, 0.2))), JSON.stringify(['recall', tag, choice]), (width) => recallChart(figures, choice, width, words))}
        ${this.chart(words.savingTitle(dollars(saving(ours)), dollars(saving(rule))), JSON.stringify(['saving', tag, choice]), (width) => savingChart(figures, choice, width, words, dollars))}
        ${this.chart(words.reliabilityTitle(figure(ours.ece * 100, 1, words)), `reliability ${tag}`, (width) => reliabilityChart(figures, width, words))}
        <figure>
          <figcaption>${words.tableTitle}</figcaption>
          ${table(all, share, words)}
        </figure>
      </div>`;
  }

  /** A figure that is drawn anew only when what it shows, or its width, changed. */
  private chart(title: string, key: string, draw: (width: number) => Element): unknown {
    return html`<figure>
      <figcaption>${title}</figcaption>
      <div
        class="chart"
        ${ref((element) => {
          if (!element) return;
          this.sizes.observe(element);
          const width = Math.max(240, Math.floor(element.clientWidth));
          const now = `${width} ${key}`;
          if (this.drawn.get(element) === now) return;
          this.drawn.set(element, now);
          element.replaceChildren(draw(width));
        })}
      ></div>
    </figure>`;
  }

  /** The figures are read and drawn when they come near the screen. */
  private watch(element: Element | undefined): void {
    if (!element || this.near) return;
    this.near = true;
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        observer.disconnect();
        void this.load();
      },
      { rootMargin: '400px' },
    );
    observer.observe(element);
  }

  private async load(): Promise<void> {
    try {
      this.figures = await this.source.figures();
    } catch (error) {
      this.error = error instanceof Error ? error.message : String(error);
    }
    this.redraw();
  }

  private setCosts(costs: Partial<Costs>): void {
    this.costs = { ...this.costs, ...costs };
    this.redraw();
  }
}

const dollars = (amount: number): string => (amount < 0 ? `−${money(-amount)}` : money(amount));

function slider(label: string, value: string, at: number, min: number, max: number, step: number, set: (value: number) => void): unknown {
  return html`<label
    ><span>${label}</span><b>${value}</b
    ><input type="range" min=${min} max=${max} step=${step} .value=${String(at)} aria-valuetext=${value} @input=${(event: Event) => set(Number((event.target as HTMLInputElement).value))}
  ></label>`;
}

/** Three places, as the language writes them. */
const precise = (value: number, { elements }: DemoWords): string => value.toLocaleString(elements.locale, { minimumFractionDigits: 3, maximumFractionDigits: 3 });

const table = (all: Approach[], share: number, words: DemoWords): unknown => html`<table>
  <thead>
    <tr>${words.columns.map((name) => html`<th scope="col">${name}</th>`)}</tr>
  </thead>
  <tbody>
    ${all.map(
      (approach) => html`<tr class=${approach.name === 'relational' ? 'ours' : ''}>
        <th scope="row">${words.approaches[approach.name]?.name}<span class="soft block">${words.approaches[approach.name]?.note}</span></th>
        <td>${precise(approach.roc_auc, words)}</td>
        <td>${precise(approach.average_precision, words)}</td>
        <td>${percent(recallAt(approach, share))}</td>
      </tr>`,
    )}
  </tbody>
</table>`;
