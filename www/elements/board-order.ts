import type { BoardRow } from './board-row.ts';

/** How the queue may be sorted. */
export type Sort = 'risk' | 'moved' | 'newest' | 'oldest';

const risk = ({ probability }: BoardRow): number => (Number.isNaN(probability) ? -1 : probability);
const weights: Record<Sort, (row: BoardRow) => number> = {
  risk,
  moved: ({ change = 0 }) => Math.abs(change),
  newest: ({ at = 0 }) => at,
  oldest: ({ at = Infinity }) => -at,
};

/** The heaviest first; among equals the likelier, then the order they came in. */
export function sorted(rows: readonly BoardRow[], sort: Sort): BoardRow[] {
  const weight = weights[sort];
  return [...rows].sort((a, b) => weight(b) - weight(a) || risk(b) - risk(a));
}

/** The rows with their new content in the places they had; rows not seen before follow. */
export function inPlace(rows: readonly BoardRow[], places: readonly string[], sort: Sort): BoardRow[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const kept = places.flatMap((id) => byId.get(id) ?? []);
  const held = new Set(places);
  return [...kept, ...sorted(rows.filter(({ id }) => !held.has(id)), sort)];
}

/** The rows that hold every word of the filter, wherever in their text or band. */
export function matching(rows: readonly BoardRow[], filter: string, bandWord: (row: BoardRow) => string): readonly BoardRow[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const text = `${row.title} ${row.detail} ${row.id} ${bandWord(row)}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
