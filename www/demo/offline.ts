import { startWorker } from '../client/index.ts';
import { readDesk } from './desk-data.ts';
import { Desk } from './desk.ts';
import { readFigures } from './figures.ts';

/** A part of this page: gzip in base64, in a script element the browser does not run. */
async function part(id: string): Promise<Response> {
  const text = document.getElementById(`part-${id}`)?.textContent;
  if (!text) throw new Error(`this page lost its part ${id}: build it again`);
  const binary = atob(text.trim());
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')));
}

const bytes = async (id: string): Promise<Uint8Array> => new Uint8Array(await (await part(id)).arrayBuffer());

new Desk({
  desk: async () => readDesk(await (await part('desk')).json()),
  figures: async () => readFigures(await (await part('figures')).json()),
  async bundle() {
    const [manifest, model, tables] = await Promise.all([part('manifest').then((response) => response.text()), bytes('model'), bytes('tables')]);
    return { manifest, model, tables };
  },
  async options() {
    const [wasm, script] = await Promise.all([bytes('wasm'), bytes('worker')]);
    const address = URL.createObjectURL(new Blob([script as Uint8Array<ArrayBuffer>], { type: 'text/javascript' }));
    return { wasm, worker: () => startWorker(address) };
  },
}).start();
