import type { Agent } from './card.ts';

/** How to route; everything may be left out. */
export interface RouteOptions {
  /** Agents named per ticket; 3 when left out. */
  top?: number;
  /** Most tickets one agent has open at once, the queue's included. */
  capacity?: number;
  /** What is known of single agents, by key. */
  agents?: Record<string, Record<string, unknown>>;
  /** What decides from which probability on a tier pays. */
  costs?: Record<string, number | string>;
}

/** One ticket of a routed queue. */
export interface RoutedTicket {
  entity: string;
  /** Null when not enough is known. */
  probability: number | null;
  topic: string;
  /** Empty when people have no tiers. */
  tier_needed: string;
  /** Whom it goes to when the whole queue is assigned at once; null when nobody is left. */
  assigned: Agent | null;
  /** The best agents for this ticket alone. */
  suggestions: Agent[];
}

/** A queue assigned at once. */
export interface Routed {
  /** As of when, RFC 3339. */
  at: string;
  tickets: RoutedTicket[];
  agents: { agent: string; open: number; assigned: number; free: number }[];
  expected_hours: number;
}
