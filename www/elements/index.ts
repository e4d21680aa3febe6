/**
 * The elements know how to draw what the client answers; they never ask for anything themselves.
 * Importing this module registers all three, in English and German.
 */
import { addWords } from './words.ts';
import { german } from './words.de.ts';

export { BellwetherBadge } from './badge.ts';
export { BellwetherBoard } from './board.ts';
export type { Sort } from './board-order.ts';
export type { BoardRow } from './board-row.ts';
export { BellwetherCard } from './card.ts';
export type { Given } from './feedback-foot.ts';
export { exactMoment, ago, clock, moment } from './moment.ts';
export { exactPercent, lift, money, number, percent, span, unbroken } from './say.ts';
export { addWords, english, wordsFor } from './words.ts';
export type { Words } from './words.ts';
export { german } from './words.de.ts';

addWords('de', german);
