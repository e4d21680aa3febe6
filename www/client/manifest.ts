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
  /** Whether the bundle answers with a probability or with a number. */
  kind: 'binary' | 'regression';
  /** The share of yes in training; null for numbers. */
  base_rate: number | null;
  /** Null for numbers: they have no bands. */
  thresholds: Thresholds | null;
  /** The number's unit, such as `hours`; null where the tables tell none, and for probabilities. */
  unit: string | null;
  files: {
    model: ManifestFile;
    tables: ManifestFile;
    /** For those who read tickets off pages; absent in bundles of earlier versions. */
    directory?: ManifestFile;
  };
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
  const files = object(root['files'], 'files');
  const format = root['format'];
  if (typeof format !== 'number' && typeof format !== 'string') throw missing('format');
  const kind = root['kind'];
  if (kind !== 'binary' && kind !== 'regression') throw missing('kind');
  const built_at = string(root, 'built_at');
  if (Number.isNaN(Date.parse(built_at))) throw missing('built_at');
  return {
    format,
    query: string(root, 'query'),
    entity: { table: string(entity, 'table', 'entity.'), key: string(entity, 'key', 'entity.') },
    built_at,
    horizon_hours: number(root, 'horizon_hours'),
    kind,
    base_rate: kind === 'binary' ? number(root, 'base_rate') : null,
    thresholds: kind === 'binary' ? thresholds(root) : null,
    unit: typeof root['unit'] === 'string' ? root['unit'] : null,
    files: { model: file(files, 'model'), tables: file(files, 'tables'), ...(files['directory'] !== undefined && { directory: file(files, 'directory') }) },
  };
}

function thresholds(root: Fields): Thresholds {
  const fields = object(root['thresholds'], 'thresholds');
  return {
    watch: number(fields, 'watch', 'thresholds.'),
    likely: number(fields, 'likely', 'thresholds.'),
    critical: number(fields, 'critical', 'thresholds.'),
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
