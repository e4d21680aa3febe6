import { expect, test } from '@playwright/test';
import { kind, pack, slice } from '../../www/client/packed.ts';
import type { Packed } from '../../www/client/packed.ts';

const texts = ({ texts, ends }: Packed): string[] => Array.from(ends, (end, place) => new TextDecoder().decode(texts.subarray(ends[place - 1] ?? 0, end)));

test('each text crosses once, each cell keeps its kind', () => {
  const packed = pack([{ id: 'TK1', open: true, hours: 2.5 }, { id: 'TK2', open: false, hours: null, owner: 'TK1' }]);
  expect(packed.columns).toEqual(['id', 'open', 'hours', 'owner']);
  expect(Array.from(packed.kinds)).toEqual([kind.text, kind.yes, kind.number, kind.none, kind.text, kind.no, kind.none, kind.text]);
  expect(texts(packed)).toEqual(['TK1', 'TK2']);
  expect(packed.numbers[2]).toBe(2.5);
});

test('any text survives, however it is written', () => {
  const odd = ['', 'äöü', '日本', '👩‍🚒', 'a\u0000b', 'x'.repeat(5000)];
  expect(texts(pack(odd.map((text) => ({ text }))))).toEqual(odd);
});

test('halves of a character at the edges of two texts stay apart', () => {
  expect(texts(pack([{ text: 'a\ud83d' }, { text: '\ude00b' }]))).toEqual(['a\ufffd', '\ufffdb']);
});

test('a number that is none is not known', () => {
  expect(Array.from(pack([{ a: NaN }, { a: Infinity }]).kinds)).toEqual([kind.none, kind.none]);
});

test('a slice holds its rows and no others', () => {
  const packed = pack(['a', 'b', 'c', 'd'].map((name) => ({ name, size: 1 })));
  const middle = slice(packed, 1, 3);
  expect([middle.rows, middle.kinds.length, middle.numbers[0]]).toEqual([2, 4, 1]);
});
