import { ClosedError } from './errors.ts';
import type { Line } from './line.ts';
import type { CallName, Calls, Request } from './messages.ts';
import { Session } from './session.ts';

/** An engine in the caller's own thread: for Node, and for pages whose worker does not start. */
export function pageLine(): Line {
  const session = new Session();
  let closed = false;
  return {
    where: 'page',
    async call<K extends CallName>(name: K, ask: Calls[K]['ask']): Promise<Calls[K]['answer']> {
      if (closed) throw new ClosedError('this client is closed');
      const answer = await session.answer({ id: 0, call: name, ask } as Request);
      if (closed) throw new ClosedError('this client was closed');
      return answer;
    },
    close() {
      closed = true;
      session.close();
    },
  };
}
