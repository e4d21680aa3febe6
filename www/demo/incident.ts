import type { Row } from '../client/index.ts';
import { idOf, text } from './desk-data.ts';
import type { DeskData } from './desk-data.ts';

/** What the incident will do: a deployment, then errors at some accounts. */
export interface Incident {
  endpoint: string;
  version: string;
  /** Tickets of the accounts that see the errors. */
  tickets: string[];
  accounts: string[];
}

const accountsHit = 5;
export const roundEveryMs = 250;
export const rounds = 36;

/**
 * Plans an incident on the endpoint that most calm tickets are about: their accounts will see errors. What becomes of the
 * tickets' risk is the engine's to say.
 */
export function plan(tickets: readonly Row[], probability: (id: string) => number, calmBelow: number, desk: DeskData): Incident | undefined {
  const calm = tickets.filter((ticket) => probability(idOf(ticket)) < calmBelow && text(ticket, 'account_id'));
  const named = new Map<string, number>();
  for (const ticket of calm) if (text(ticket, 'endpoint')) named.set(text(ticket, 'endpoint'), (named.get(text(ticket, 'endpoint')) ?? 0) + 1);
  const endpoint = [...named].sort((a, b) => b[1] - a[1])[0]?.[0] ?? desk.endpoints[0]?.[0];
  if (!endpoint || calm.length === 0) return undefined;
  const about = (ticket: Row): number => (text(ticket, 'endpoint') === endpoint ? 2 : text(ticket, 'endpoint') ? 1 : 0);
  const chosen = [...calm].sort((a, b) => about(b) - about(a)).slice(0, accountsHit);
  const running = desk.endpoints.find(([name]) => name === endpoint)?.[1] ?? '1.0.0';
  return {
    endpoint,
    version: next(running),
    tickets: chosen.map(idOf),
    accounts: [...new Set(chosen.map((ticket) => text(ticket, 'account_id')))],
  };
}

export const deployment = ({ endpoint, version }: Incident, now: number): Row => ({
  deployment_id: `INC-${now}`,
  endpoint,
  version,
  deployed_at: new Date(now).toISOString(),
});

/** One round of errors: one at each account. */
export const errors = ({ endpoint, accounts }: Incident, round: number, now: number): Row[] =>
  accounts.map((account_id, place) => ({
    event_id: `INC-${now}-${round}-${place}`,
    account_id,
    event_type: 'API 500 error',
    at: new Date(now).toISOString(),
    details: `endpoint: ${endpoint}`,
  }));

/** `2.44.0` → `2.45.0` */
function next(version: string): string {
  const [major = '1', minor = '0'] = version.split('.');
  return `${major}.${Number(minor) + 1}.0`;
}
