import createGlue from 'bellwether:glue';
import { checkBundle, fetchBundle } from './bundle.ts';
import { compile } from './compile.ts';
import { Engine } from './engine.ts';
import { EngineError } from './errors.ts';
import { readManifest } from './manifest.ts';
import type { CallName, Calls, Request } from './messages.ts';

/** Answers requests in order over one engine; the same code in a worker and in the page. */
export class Session {
  private engine: Engine | undefined;
  private queue: Promise<unknown> = Promise.resolve();

  answer(request: Request): Promise<Calls[CallName]['answer']> {
    const next = this.queue.then(() => this.run(request));
    // The answer goes out first; then, before the next request, what is old may be folded.
    this.queue = next.catch(() => undefined).then(() => this.engine?.settle());
    return next;
  }

  close(): void {
    this.engine?.close();
    this.engine = undefined;
  }

  private async run(request: Request): Promise<Calls[CallName]['answer']> {
    if (request.call === 'open') return this.open(request.ask);
    const engine = this.engine;
    if (!engine) throw new EngineError('no bundle is open');
    switch (request.call) {
      case 'score':
        return engine.score(request.ask.tickets, request.ask.nowMs);
      case 'explain':
        return engine.explain(request.ask.ticket, request.ask.nowMs);
      case 'speak':
        return engine.speak(request.ask.language);
      case 'explainAll':
        return engine.explainAll(request.ask.tickets, request.ask.nowMs);
      case 'whatIf':
        return engine.whatIf(request.ask.ticket, request.ask.change, request.ask.nowMs);
      case 'route':
        return engine.route(request.ask.tickets, request.ask.options, request.ask.nowMs);
      case 'ingest':
        return engine.ingest(request.ask.table, request.ask.rows);
    }
  }

  /** The manifest's text, once the engine runs on the bundle. */
  private async open({ bundle, wasm, verify, settleAfter, language }: Calls['open']['ask']): Promise<string> {
    const [module, parts] = await Promise.all([compile(wasm), typeof bundle === 'string' ? fetchBundle(bundle) : bundle]);
    if (verify) await checkBundle(parts);
    this.engine = await Engine.start(createGlue, module, parts, { afterRows: settleAfter, builtAt: Date.parse(readManifest(parts.manifest).built_at) }, language);
    return parts.manifest;
  }
}
