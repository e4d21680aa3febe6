import { html, nothing } from 'lit';
import { percent, unbroken } from '../elements/index.ts';
import { idOf } from './desk-data.ts';
import type { DeskState } from './state.ts';
import type { DemoWords } from './words.ts';

/** Who should take the tickets above the line: one line per agent the engine names, with the tickets that fit best. */
export function agentsView(state: DeskState, capacity: number, words: DemoWords, open: (id: string) => void): unknown {
  const { desk } = state;
  if (!desk || Number.isNaN(state.scoredAt)) return nothing;
  const top = [...state.tickets]
    .filter((ticket) => (state.probabilities.get(idOf(ticket)) ?? NaN) > 0)
    .sort((a, b) => (state.probabilities.get(idOf(b)) ?? 0) - (state.probabilities.get(idOf(a)) ?? 0))
    .slice(0, capacity);
  void state.route(top.map(idOf));
  if (!state.routed) return nothing;
  const lines = new Map<string, { id: string; text: string; probability: number }[]>();
  for (const { entity, assigned: best } of state.routed.tickets) {
    const agent = state.assigned.get(entity) ?? best?.agent;
    if (!agent) continue;
    const why = state.assigned.has(entity) ? words.assignedByYou : (best?.text ?? '');
    lines.set(agent, [...(lines.get(agent) ?? []), { id: entity, text: why, probability: state.probabilities.get(entity) ?? NaN }]);
  }
  if (lines.size === 0) return nothing;
  const agents = [...lines].sort((a, b) => b[1].length - a[1].length);
  return html`<section class="agents" aria-labelledby="agents-title">
    <h2 id="agents-title">${words.agentsTitle(top.length)}</h2>
    <ul>
      ${agents.map(([key, tickets]) => {
        const agent = desk.agents[key];
        return html`<li>
          <span class="who"><b>${agent?.name ?? key}</b><span class="soft block">${[agent?.tier, agent?.specialty].filter(Boolean).join(' · ')}</span></span>
          <ul>
            ${tickets.map(
              (ticket) => html`<li>
                <button type="button" class="link" @click=${() => open(ticket.id)}>${ticket.id}</button> <span>${percent(ticket.probability)}</span>
                <span class="soft why">${unbroken(ticket.text)}</span>
              </li>`,
            )}
          </ul>
        </li>`;
      })}
    </ul>
  </section>`;
}
