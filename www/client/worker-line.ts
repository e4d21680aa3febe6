import { ClosedError, EngineError, fromPlain } from './errors.ts';
import type { Line } from './line.ts';
import type { CallName, Calls, Reply, Request } from './messages.ts';

interface Pending {
  resolve: (answer: never) => void;
  reject: (error: Error) => void;
}

/** An engine in a worker; undefined when the worker does not say `ready` in time. */
export async function workerLine(create: () => Worker, startTimeoutMs: number): Promise<Line | undefined> {
  let worker: Worker;
  try {
    worker = create();
  } catch {
    return undefined;
  }
  if (!(await started(worker, startTimeoutMs))) {
    worker.terminate();
    return undefined;
  }

  const pending = new Map<number, Pending>();
  let ended: Error | undefined;
  let nextId = 1;

  const end = (error: Error): void => {
    ended ??= error;
    worker.terminate();
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
  };
  worker.onmessage = ({ data }: MessageEvent<Reply>) => {
    if (data.kind === 'ready') return;
    const call = pending.get(data.id);
    pending.delete(data.id);
    if (data.kind === 'answer') call?.resolve(data.answer as never);
    else call?.reject(fromPlain(data.error));
  };
  worker.onerror = (event) => {
    event.preventDefault();
    end(new EngineError(`the engine's worker failed: ${event.message || 'no reason given'}; open the bundle again`));
  };
  worker.onmessageerror = () => end(new EngineError("the engine's worker sent something unreadable; open the bundle again"));

  return {
    where: 'worker',
    call<K extends CallName>(name: K, ask: Calls[K]['ask']): Promise<Calls[K]['answer']> {
      if (ended) return Promise.reject(ended);
      const id = nextId++;
      return new Promise<Calls[K]['answer']>((resolve, reject) => {
        pending.set(id, { resolve: resolve as Pending['resolve'], reject });
        worker.postMessage({ id, call: name, ask } as Request);
      });
    },
    close: () => end(new ClosedError('this client was closed')),
  };
}

function started(worker: Worker, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (yes: boolean): void => {
      clearTimeout(timer);
      worker.onmessage = worker.onerror = null;
      resolve(yes);
    };
    const timer = setTimeout(() => settle(false), timeoutMs);
    worker.onmessage = ({ data }: MessageEvent<Reply>) => settle(data.kind === 'ready');
    worker.onerror = (event) => {
      event.preventDefault();
      settle(false);
    };
  });
}
