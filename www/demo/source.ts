import type { BundleParts, OpenOptions } from '../client/index.ts';
import type { Queue } from './queue.ts';

/** Where the page finds its parts: beside it on a server, or inside itself. */
export interface Source {
  queue(): Promise<Queue>;
  bundle(): Promise<string | URL | BundleParts>;
  options(): Promise<OpenOptions>;
}
