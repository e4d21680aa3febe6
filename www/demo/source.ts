import type { BundleParts, OpenOptions } from '../client/index.ts';
import type { DeskData } from './desk-data.ts';
import type { Figures } from './figures.ts';

/** Where the page finds its parts: beside it on a server, or inside itself. */
export interface Source {
  desk(): Promise<DeskData>;
  figures(): Promise<Figures>;
  bundle(): Promise<string | URL | BundleParts>;
  options(): Promise<OpenOptions>;
}
