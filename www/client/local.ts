interface Builtins {
  getBuiltinModule?(name: 'node:fs/promises'): { readFile(url: URL): Promise<Uint8Array<ArrayBuffer>> } | undefined;
}

/**
 * The bytes of a `file:` address under Node, where `fetch` reads none; undefined for every other address and place.
 * Node's module is asked for by name at run time, so that no bundler looks for it.
 */
export async function readLocal(address: string | URL): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (!String(address).startsWith('file:')) return undefined;
  const { process } = globalThis as { process?: Builtins };
  return process?.getBuiltinModule?.('node:fs/promises')?.readFile(new URL(address));
}
