import { BundleError } from './errors.ts';

export interface ManifestFile {
  path: string;
  bytes: number;
  sha256: string;
}

/** Probabilities from which a band begins. */
export interface Thresholds {
  watch: number;
  likely: number;
  critical: number;
}

/** The part of `manifest.json` that a page reads; the engine reads the whole text. */
export interface Manifest {
  format: number | string;
  query: string;
  entity: { table: string; key: string };
  /** RFC 3339: nothing after this moment is in the bundle. */
  built_at: string;
  horizon_hours: number;
  base_rate: number;
  thresholds: Thresholds;
  files: { model: ManifestFile; tables: ManifestFile };
}

/** Reads the manifest's text, naming the first field that is not as it should be. */
export function readManifest(text: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new BundleError('manifest.json is not JSON: train the bundle again');
  }
  const root = object(json, 'manifest.json');
  const entity = object(root['entity'], 'entity');
  const thresholds = object(root['thresholds'], 'thresholds');
  const files = object(root['files'], 'files');
  const format = root['format'];
  if (typeof format !== 'number' && typeof format !== 'string') throw missing('format');
  const built_at = string(root, 'built_at');
  if (Number.isNaN(Date.parse(built_at))) throw missing('built_at');
  return {
    format,
    query: string(root, 'query'),
    entity: { table: string(entity, 'table', 'entity.'), key: string(entity, 'key', 'entity.') },
    built_at,
    horizon_hours: number(root, 'horizon_hours'),
    base_rate: number(root, 'base_rate'),
    thresholds: {
      watch: number(thresholds, 'watch', 'thresholds.'),
      likely: number(thresholds, 'likely', 'thresholds.'),
      critical: number(thresholds, 'critical', 'thresholds.'),
    },
    files: { model: file(files, 'model'), tables: file(files, 'tables') },
  };
}

type Fields = Record<string, unknown>;

const missing = (field: string): BundleError =>
  new BundleError(`manifest.json: ${field} is missing or not of its type: train the bundle again with this version`);

function object(value: unknown, field: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw missing(field);
  return value as Fields;
}

function string(fields: Fields, field: string, prefix = ''): string {
  const value = fields[field];
  if (typeof value !== 'string') throw missing(prefix + field);
  return value;
}

function number(fields: Fields, field: string, prefix = ''): number {
  const value = fields[field];
  if (typeof value !== 'number' || !Number.isFinite(value)) throw missing(prefix + field);
  return value;
}

function file(files: Fields, name: string): ManifestFile {
  const prefix = `files.${name}.`;
  const fields = object(files[name], `files.${name}`);
  return {
    path: string(fields, 'path', prefix),
    bytes: number(fields, 'bytes', prefix),
    sha256: string(fields, 'sha256', prefix),
  };
}
