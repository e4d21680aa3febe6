/**
 * The client knows how to open a bundle and ask it for scores; it touches no document, so it can be imported
 * in a page, a worker or Node alike.
 */
export { open } from './open.ts';
export type { AsOf, Bellwether, OpenOptions } from './open.ts';
export { startWorker } from './start-worker.ts';
export { bandOf } from './band.ts';
export { BellwetherError, BundleError, ClosedError, EngineError, RowError } from './errors.ts';
export { keepFeedback } from './feedback.ts';
export type { Feedback, FeedbackEntry, TextStore, Verdict } from './feedback.ts';
export type { BundleParts } from './bundle.ts';
export type { Agent, Band, Card, Change, Contribution, Evidence, Reason, WhatIf } from './card.ts';
export type { Manifest, ManifestFile, Thresholds } from './manifest.ts';
export type { RouteOptions, Routed, RoutedTicket } from './route.ts';
export type { Cell, Row } from './row.ts';
export type { RiskPoint, ScoreChange, SubscribeOptions, Subscription } from './subscription.ts';
