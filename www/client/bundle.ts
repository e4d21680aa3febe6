import { BundleError } from './errors.ts';
import { readLocal } from './local.ts';
import { readManifest } from './manifest.ts';
import type { ManifestFile } from './manifest.ts';

/** A bundle's three parts, in memory. */
export interface BundleParts {
  manifest: string;
  model: Uint8Array;
  tables: Uint8Array;
}

/**
 * Fetches a bundle folder: the small manifest fresh, so that an old build's files are never asked for;
 * the rest by their content-hash names, which any cache may keep.
 */
export async function fetchBundle(folder: string): Promise<BundleParts> {
  const base = folder.endsWith('/') ? folder : `${folder}/`;
  const manifest = new TextDecoder().decode(await get(new URL('manifest.json', base), { cache: 'no-store' }));
  const { files } = readManifest(manifest);
  const [model, tables] = await Promise.all([fetchFile(base, files.model), fetchFile(base, files.tables)]);
  return { manifest, model, tables };
}

/** Refuses parts whose length or SHA-256 is not what the manifest says. */
export async function checkBundle({ manifest, model, tables }: BundleParts): Promise<void> {
  const { files } = readManifest(manifest);
  await Promise.all([check(model, files.model), check(tables, files.tables)]);
}

/** Fetches and checks one of a bundle's files. */
export async function fetchChecked(folder: string, file: ManifestFile): Promise<Uint8Array> {
  const bytes = await fetchFile(folder.endsWith('/') ? folder : `${folder}/`, file);
  await check(bytes, file);
  return bytes;
}

async function fetchFile(base: string, file: ManifestFile): Promise<Uint8Array> {
  const url = new URL(file.path, base);
  if (!url.href.startsWith(base)) throw new BundleError(`manifest.json: ${file.path} lies outside the bundle`);
  return get(url);
}

async function get(url: URL, init?: RequestInit): Promise<Uint8Array> {
  let response: Response;
  try {
    const local = await readLocal(url);
    if (local) return local;
    response = await fetch(url, init);
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
  } catch {
    throw new BundleError(`${url.href} cannot be reached`);
  }
  throw new BundleError(`${url.href} answered ${response.status}`);
}

async function check(bytes: Uint8Array, file: ManifestFile): Promise<void> {
  if (bytes.byteLength !== file.bytes) {
    throw new BundleError(`${file.path} has ${bytes.byteLength} bytes, the manifest says ${file.bytes}: copy the bundle again`);
  }
  // Web Crypto exists only in secure contexts; on plain http the length is all there is.
  const subtle = globalThis.crypto?.subtle;
  if (!subtle) return;
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (hex !== file.sha256.toLowerCase()) {
    throw new BundleError(`${file.path} does not match its SHA-256 in the manifest: copy the bundle again`);
  }
}
