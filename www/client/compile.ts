import { EngineError } from './errors.ts';
import { readLocal } from './local.ts';

/** Where the engine's code comes from: an address, or the bytes themselves. */
export type WasmSource = string | Uint8Array;

/** Compiles while it downloads where the server names the type, from the bytes where it does not. */
export async function compile(source: WasmSource): Promise<WebAssembly.Module> {
  if (typeof WebAssembly === 'undefined') throw new EngineError('this browser has no WebAssembly');
  try {
    if (typeof source !== 'string') return await WebAssembly.compile(source as Uint8Array<ArrayBuffer>);
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
