/**
 * What can go wrong, by who can mend it. Messages are one line and name the place.
 * `name` survives the trip from the worker, so `instanceof` works on both sides.
 */
export class BellwetherError extends Error {
  override name = 'BellwetherError';
}

/** The bundle could not be fetched, does not match its hashes, or is not one this engine reads. */
export class BundleError extends BellwetherError {
  override name = 'BundleError';
}

/** WebAssembly could not start here, or trapped. After a trap the next call runs on a fresh instance. */
export class EngineError extends BellwetherError {
  override name = 'EngineError';
}

/** The engine refused the rows it was given, and says why. */
export class RowError extends BellwetherError {
  override name = 'RowError';
}

/** The client was closed before the answer came. */
export class ClosedError extends BellwetherError {
  override name = 'ClosedError';
}

const kinds = { BellwetherError, BundleError, EngineError, RowError, ClosedError };

export type ErrorName = keyof typeof kinds;

/** The error as it crosses a worker boundary. */
export interface PlainError {
  name: ErrorName;
  message: string;
}

export function toPlain(error: unknown): PlainError {
  const message = error instanceof Error ? error.message : String(error);
  const name = error instanceof BellwetherError && error.name in kinds ? (error.name as ErrorName) : 'BellwetherError';
  return { name, message };
}

export function fromPlain({ name, message }: PlainError): BellwetherError {
  return new kinds[name](message);
}
