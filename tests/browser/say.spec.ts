import { expect, test } from '@playwright/test';
import { ago, clock, moment } from '../../www/elements/moment.ts';
import { lift, money, percent, span } from '../../www/elements/say.ts';

const plain = (text: string): string => text.replaceAll('\u00a0', ' ');
const at = Date.parse('2025-12-31T09:42:00Z');
const hour = 3_600_000;

test('a probability is never said to be certain', () => {
  expect([0, 0.009, 0.01, 0.125, 0.91, 0.99, 0.991, 1].map(percent).map(plain)).toEqual(['< 1 %', '< 1 %', '1 %', '13 %', '91 %', '99 %', '> 99 %', '> 99 %']);
});

test('how much more than usual is said in words below, in times above', () => {
  expect([12.4, 9.13, 1.56, 1.1, 0.7, 0.5, 0.31, 0.104, 0.02, 0].map(lift).map(plain)).toEqual([
    '12 × the usual', '9 × the usual', '1.6 × the usual', 'About the usual', 'Two thirds of the usual', 'Half the usual',
    'A third of the usual', 'A tenth of the usual', 'Less than a tenth of the usual', 'Less than a tenth of the usual',
  ]);
});

test('money and spans are short', () => {
  expect([900, 36_000, 240_000, 999_600, 1_250_000].map(money)).toEqual(['$900', '$36K', '$240K', '$1M', '$1.3M']);
  expect([48, 1.5, 168].map(span).map(plain)).toEqual(['48 h', '1.5 h', '7 days']);
});

test('moments are said from now', () => {
  expect([0, 5 / 60, 1, 30, 80].map((hours) => plain(ago(at - hours * hour, at)))).toEqual(['just now', '5 min ago', '1 h ago', '30 h ago', '3 days ago']);
  expect(clock(at, 'UTC')).toBe('9:42');
  expect([0, 24, 72].map((hours) => moment(at - hours * hour, at, 'UTC'))).toEqual(['9:42', 'yesterday 9:42', '28 Dec, 9:42']);
});
