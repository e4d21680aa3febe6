/**
 * The elements know how to draw what the client answers; they never ask for anything themselves.
 * Importing this module registers all three.
 */
export { BellwetherBadge } from './badge.ts';
export { BellwetherBoard } from './board.ts';
export type { BoardRow } from './board-row.ts';
export { BellwetherCard } from './card.ts';
export { exactMoment, ago, clock, moment } from './moment.ts';
export { exactPercent, lift, money, percent, span } from './say.ts';
