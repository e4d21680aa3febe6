import { html, nothing } from 'lit';
import { ref } from 'lit/directives/ref.js';
import { money, percent } from '../elements/index.ts';
import { recallChart, reliabilityChart, savingChart } from './charts.ts';
import type { Choice } from './charts.ts';
import { compared, names, recallAt, savingAYear } from './figures.ts';
import type { Approach, Costs, Figures } from './figures.ts';
import type { Source } from './source.ts';
import type { DeskState } from './state.ts';

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

  view(state: DeskState, capacity: number): unknown {
    const { figures } = this;
    return html`<section class="figures" aria-labelledby="figures-title" ${ref((element) => this.watch(element))}>
      <p class="caption"><b>4</b> Does it hold? Measured on tickets that came after everything the model had seen.</p>
      ${this.error ? html`<h2 id="figures-title">No figures</h2><p class="soft">${this.error}</p>` : figures && state.desk ? this.content(figures, capacity, state.desk.a_day) : html`<h2 id="figures-title">Measuring…</h2>`}
    </section>`;
  }

  private content(figures: Figures, capacity: number, aDay: number): unknown {
    const share = Math.min(1, capacity / aDay);
    const choice: Choice = { share, aDay, costs: this.costs };
    const all = compared(figures);
    const ours = all.find(({ name }) => name === 'relational');
    const rule = all.find(({ name }) => name === 'priority');
    if (!ours || !rule) return nothing;
    const saving = (approach: Approach): number => savingAYear(approach, share, aDay, figures.test_mean, this.costs);
    return html`<h2 id="figures-title">
        Looking at the ${capacity} likeliest of ${aDay} a day catches ${percent(recallAt(ours, share))} of escalations; by priority it is
        ${percent(recallAt(rule, share))}
      </h2>
      <p class="soft">${figures.test_examples.toLocaleString('en')} tickets since ${figures.cut.slice(0, 10)}, ${percent(figures.test_mean)} of them escalated. Trained on ${figures.train_examples.toLocaleString('en')} before. Synthetic data.</p>
      <div class="sliders">
        ${slider('Tickets you can look at in a day', String(capacity), capacity, 1, aDay, 1, (value) => this.setCapacity(value))}
        ${slider('An escalation costs', money(this.costs.escalation), this.costs.escalation, 50, 3000, 50, (escalation) => this.setCosts({ escalation }))}
        ${slider('A late one takes', `${this.costs.lateFactor} × as long`, this.costs.lateFactor, 1, 6, 0.5, (lateFactor) => this.setCosts({ lateFactor }))}
        ${slider('Looking at one costs', money(this.costs.review), this.costs.review, 0, 60, 1, (review) => this.setCosts({ review }))}
      </div>
      <div class="charts">
        ${this.chart(`Looking at a fifth of the tickets catches ${percent(recallAt(ours, 0.2))} of the escalations`, JSON.stringify(['recall', choice]), (width) => recallChart(figures, choice, width))}
        ${this.chart(`At your costs it saves ${dollars(saving(ours))} a year; by priority ${dollars(saving(rule))}`, JSON.stringify(['saving', choice]), (width) => savingChart(figures, choice, width, dollars))}
        ${this.chart(`Its percentages can be taken at their word: off by ${(ours.ece * 100).toFixed(1)} points on average`, 'reliability', (width) => reliabilityChart(figures, width))}
        <figure>
          <figcaption>Four ways to see a ticket coming</figcaption>
          ${table(all, share)}
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
      this.error = `The figures could not be read: ${error instanceof Error ? error.message : String(error)}.`;
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

const table = (all: Approach[], share: number): unknown => html`<table>
  <thead>
    <tr><th scope="col">Looks at</th><th scope="col">ROC-AUC</th><th scope="col">Avg. precision</th><th scope="col">Caught</th></tr>
  </thead>
  <tbody>
    ${all.map(
      (approach) => html`<tr class=${approach.name === 'relational' ? 'ours' : ''}>
        <th scope="row">${names[approach.name]}<span class="soft block">${approach.note}</span></th>
        <td>${approach.roc_auc.toFixed(3)}</td>
        <td>${approach.average_precision.toFixed(3)}</td>
        <td>${percent(recallAt(approach, share))}</td>
      </tr>`,
    )}
  </tbody>
</table>`;
