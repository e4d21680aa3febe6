import type { BoardRow } from './board-row.ts';

/** Most likely first, not known last; equals keep the order they came in. */
export function byRisk(rows: readonly BoardRow[]): BoardRow[] {
  const weight = ({ probability }: BoardRow): number => (Number.isNaN(probability) ? -1 : probability);
  return [...rows].sort((a, b) => weight(b) - weight(a));
}

/** The rows with their new content in the places they had; rows not seen before follow. */
export function inPlace(rows: readonly BoardRow[], places: readonly string[]): BoardRow[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const kept = places.flatMap((id) => byId.get(id) ?? []);
  const held = new Set(places);
  return [...kept, ...byRisk(rows.filter(({ id }) => !held.has(id)))];
}
