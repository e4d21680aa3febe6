interface Policies {
  createPolicy(name: string, rules: { createScriptURL(address: string): string }): { createScriptURL(address: string): unknown };
}

/** Made once: a page may allow each policy's name a single time. */
let policy: ReturnType<Policies['createPolicy']> | undefined;

/**
 * Starts a worker script, also on a page that enforces Trusted Types: it has to allow the policy `bellwether`.
 * The script stands by itself, so it starts as a classic worker.
 */
export function startWorker(address: string): Worker {
  const { trustedTypes } = globalThis as { trustedTypes?: Policies };
  policy ??= trustedTypes?.createPolicy('bellwether', { createScriptURL: (address) => address });
  return new Worker((policy ? policy.createScriptURL(address) : address) as string, { name: 'bellwether' });
}
