import { startWorker } from '../client/index.ts';
import { readDesk } from './desk-data.ts';
import { Desk } from './desk.ts';
import { readFigures } from './figures.ts';

/** A part of this page as it stands there: gzip in base64, in a script element the browser does not run. */
function packed(id: string): Uint8Array<ArrayBuffer> {
  const text = document.getElementById(`part-${id}`)?.textContent;
  if (!text) throw new Error(`this page lost its part ${id}: build it again`);
  return fromBase64(text.trim());
}

const part = (id: string): Response => new Response(new Blob([packed(id)]).stream().pipeThrough(new DecompressionStream('gzip')));

const bytes = async (id: string): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array(await part(id).arrayBuffer());

/** By the browser's own hand where it has one: megabytes in a loop would hold up the page. */
function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const { fromBase64 } = Uint8Array as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };
  if (fromBase64) return fromBase64.call(Uint8Array, text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
  return bytes;
}

new Desk({
  desk: async () => readDesk(await part('desk').json()),
  figures: async () => readFigures(await part('figures').json()),
  async bundle() {
    const [manifest, model, tables] = await Promise.all([part('manifest').text(), bytes('model'), bytes('tables')]);
    return { manifest, model, tables };
  },
  async options() {
    const address = URL.createObjectURL(new Blob([await bytes('worker')], { type: 'text/javascript' }));
    return { wasm: packed('wasm'), worker: () => startWorker(address) };
  },
}).start();
