import { toPlain } from './errors.ts';
import type { Reply, Request } from './messages.ts';
import { Session } from './session.ts';

/** The part of a dedicated worker's scope that is used here. */
interface Scope {
  onmessage: ((event: MessageEvent<Request>) => void) | null;
  postMessage(reply: Reply): void;
}

const scope = globalThis as unknown as Scope;
const session = new Session();

scope.onmessage = ({ data }) => {
  session.answer(data).then(
    (answer) => scope.postMessage({ kind: 'answer', id: data.id, answer }),
    (error: unknown) => scope.postMessage({ kind: 'failed', id: data.id, error: toPlain(error) }),
  );
};
scope.postMessage({ kind: 'ready' });
