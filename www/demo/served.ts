import { readDesk } from './desk-data.ts';
import { Desk } from './desk.ts';
import { readFigures } from './figures.ts';

async function json(name: string): Promise<unknown> {
  const response = await fetch(name, { cache: 'no-store' });
  if (!response.ok) throw new Error(`${name} answered ${response.status}`);
  return response.json();
}

new Desk({
  desk: async () => readDesk(await json('desk.json')),
  figures: async () => readFigures(await json('figures.json')),
  bundle: async () => new URL('bundle/', document.baseURI),
  options: async () => ({}),
}).start();
