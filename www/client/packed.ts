import type { Cell, Row } from './row.ts';

/**
 * Rows as a few flat arrays, row by row: they cross to a worker and into wasm as blocks of memory, where a list of
 * objects crosses cell by cell. Each text is held once.
 */
export interface Packed {
  rows: number;
  columns: string[];
  /** One per cell, see `kind`. */
  kinds: Uint8Array;
  /** One per cell: the number, or the text's place among the texts. */
  numbers: Float64Array;
  /** The texts in UTF-8, one after the other. */
  texts: Uint8Array;
  /** Where each text ends in `texts`. */
  ends: Uint32Array;
}

export const kind = { none: 0, number: 1, text: 2, no: 3, yes: 4 } as const;

/** Columns are those of any row, in the order in which they first come. */
export function pack(rows: readonly Row[]): Packed {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  // Rows without any cell are rows all the same.
  if (rows.length > 0 && columns.length === 0) columns.push('');
  const kinds = new Uint8Array(rows.length * columns.length);
  const numbers = new Float64Array(kinds.length);
  const places = new Map<string, number>();
  let at = 0;
  for (const row of rows) {
    for (const column of columns) {
      const [what, number] = packCell(row[column], places);
      kinds[at] = what;
      numbers[at++] = number;
    }
  }
  return { rows: rows.length, columns, kinds, numbers, ...packTexts([...places.keys()]) };
}

/** The rows from `start` up to `end`; the texts are shared, not copied. */
export function slice(packed: Packed, start: number, end: number): Packed {
  const width = packed.columns.length;
  const { kinds, numbers } = packed;
  return { ...packed, rows: end - start, kinds: kinds.slice(start * width, end * width), numbers: numbers.slice(start * width, end * width) };
}

function packCell(cell: Cell | undefined, places: Map<string, number>): [number, number] {
  switch (typeof cell) {
    case 'number':
      return Number.isFinite(cell) ? [kind.number, cell] : [kind.none, 0];
    case 'boolean':
      return [cell ? kind.yes : kind.no, 0];
    case 'string': {
      const place = places.get(cell) ?? places.size;
      places.set(cell, place);
      return [kind.text, place];
    }
    default:
      return [kind.none, 0];
  }
}

/** Each text by itself: halves of a surrogate pair at the edges of two texts must not become one character. */
function packTexts(texts: string[]): { texts: Uint8Array; ends: Uint32Array } {
  const encoder = new TextEncoder();
  let whole = new Uint8Array(Math.max(256, texts.length * 24));
  const ends = new Uint32Array(texts.length);
  let end = 0;
  for (const [place, text] of texts.entries()) {
    const most = end + text.length * 3;
    if (most > whole.length) {
      const larger = new Uint8Array(most * 2);
      larger.set(whole);
      whole = larger;
    }
    end += encoder.encodeInto(text, whole.subarray(end)).written;
    ends[place] = end;
  }
  return { texts: whole.slice(0, end), ends };
}
