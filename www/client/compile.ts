import { EngineError } from './errors.ts';
import { readLocal } from './local.ts';

/** Where the engine's code comes from: an address, or the bytes themselves, as they are or gzipped. */
export type WasmSource = string | Uint8Array;

/** Compiles while it downloads where the server names the type, from the bytes where it does not. */
export async function compile(source: WasmSource): Promise<WebAssembly.Module> {
  if (typeof WebAssembly === 'undefined') throw new EngineError('this browser has no WebAssembly');
  try {
    if (typeof source !== 'string') return await fromBytes(source as Uint8Array<ArrayBuffer>);
    const local = await readLocal(source);
    if (local) return await WebAssembly.compile(local);
    const response = await fetch(source);
    if (!response.ok) throw new EngineError(`${source} answered ${response.status}`);
    const spare = response.clone();
    try {
      return await WebAssembly.compileStreaming(response);
    } catch {
      return await WebAssembly.compile(await spare.arrayBuffer());
    }
  } catch (error) {
    if (error instanceof EngineError) throw error;
    throw new EngineError(`the engine could not be compiled: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Gzipped bytes are compiled while they are unpacked. */
async function fromBytes(bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return WebAssembly.compile(bytes);
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return WebAssembly.compileStreaming(new Response(unpacked, { headers: { 'content-type': 'application/wasm' } }));
}
