import { Desk } from './desk.ts';
import { readQueue } from './queue.ts';

new Desk({
  async queue() {
    const response = await fetch('queue.json', { cache: 'no-store' });
    if (!response.ok) throw new Error(`queue.json answered ${response.status}`);
    return readQueue(await response.json());
  },
  bundle: async () => new URL('bundle/', document.baseURI),
  options: async () => ({}),
}).start();
