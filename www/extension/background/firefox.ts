// Firefox's background page: it may start workers itself, so the engine is here.
import { Desk } from '../engine/desk.ts';
import { failed } from '../messages.ts';
import { serve } from './serve.ts';

const desk = new Desk();

serve((engine, settings) =>
  desk.answer(engine, settings).then(
    (answer) => ({ ok: true, answer }),
    (error: unknown) => failed(error),
  ),
);
