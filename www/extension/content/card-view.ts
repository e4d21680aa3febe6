import { css } from '@lit/reactive-element/css-tag.js';
import type { CSSResult } from '@lit/reactive-element/css-tag.js';
import type { Card, WhatIf } from '../../client/card.ts';
import type { FeedbackEntry } from '../../client/feedback.ts';
import { BellwetherCard } from '../../elements/card.ts';
import type { Given } from '../../elements/feedback-foot.ts';
import { ask } from '../messages.ts';
import type { ExplainedTicket, PageTicket } from '../messages.ts';
import type { Overlay } from './overlay.ts';

/** What the build makes of the card's class here: see `unregistered/element.ts`. */
interface Drawn {
  language: string;
  drawIn(root: ShadowRoot): void;
  on(name: string, listener: (detail: unknown) => void): void;
}

/** Whom to assign a ticket to is done on the helpdesk's own page: here agents are named only. */
const readOnly = css`.agent > button { display: none; }`;

export const cardViewStyles = (): CSSResult[] => [...(BellwetherCard.styles as CSSResult[]), readOnly];

/** The card of one ticket: asks, draws, and answers what the reader does on it. */
export class CardView {
  private readonly card = new BellwetherCard() as unknown as BellwetherCard & Drawn;
  private ticket: PageTicket | undefined;
  private shown: Card | undefined;

  constructor(
    overlay: Overlay,
    private readonly language: string,
    private readonly signal: AbortSignal,
  ) {
    this.card.language = language;
    this.card.drawIn(overlay.shadow);
    const on = <T>(name: string, listener: (detail: T) => void): void => this.card.on(name, (detail) => !signal.aborted && listener(detail as T));
    on('bellwether-retry', () => void this.show(this.ticket));
    on('bellwether-what-if', (item: WhatIf | null) => void this.suppose(item));
    on('bellwether-feedback', (given: Given | null) => void this.giveFeedback(given));
  }

  /** What it answered; nulls while it did not. */
  get answer(): Pick<Card, 'probability' | 'value' | 'shown'> {
    const { probability = null, value = null, shown = null } = this.shown ?? {};
    return { probability, value, shown };
  }

  async show(ticket: PageTicket | undefined): Promise<void> {
    if (!ticket) return;
    this.ticket = ticket;
    const { card } = this;
    if (!card.card) card.loading = true;
    await this.draw(() => ask('explain', { ticket, language: this.language }), ticket, '');
    const entity = this.shown?.entity;
    if (!entity || this.signal.aborted) return;
    card.given = givenOf(await ask('feedback', { entity }).catch(() => null));
  }

  private async suppose(item: WhatIf | null): Promise<void> {
    const { ticket } = this;
    if (!ticket) return;
    await this.draw(() => (item ? ask('whatIf', { ticket, change: item.change, language: this.language }) : ask('explain', { ticket, language: this.language })), ticket, item?.label ?? '');
  }

  private async draw(asking: () => Promise<ExplainedTicket>, ticket: PageTicket, assumed: string): Promise<void> {
    const { card } = this;
    try {
      const { card: answer, dataUntil, now } = await asking();
      if (this.signal.aborted || ticket !== this.ticket) return;
      if (!assumed) this.shown = answer;
      Object.assign(card, { card: answer, dataUntil, now, heading: answer.entity, error: '', loading: false, assumed });
    } catch (error) {
      if (!this.signal.aborted && ticket === this.ticket) Object.assign(card, { error: error instanceof Error ? error.message : String(error), loading: false });
    }
  }

  private async giveFeedback(given: Given | null): Promise<void> {
    const { shown, card } = this;
    if (!shown) return;
    const entry: FeedbackEntry | undefined = given
      ? { format: 1, entity: shown.entity, anchor: shown.anchor, probability: shown.probability, given_at: new Date().toISOString(), ...entryOf(given) }
      : undefined;
    card.given = givenOf(await ask('feedback', { entity: shown.entity, ...(entry ? { entry } : { withdraw: true }) }).catch(() => null));
  }
}

function entryOf({ verdict, reason, expects, until }: Given): Pick<FeedbackEntry, 'verdict' | 'reason' | 'expects' | 'until'> {
  return { verdict, reason, ...(expects !== undefined && { expects }), ...(until !== undefined && { until: new Date(until).toISOString() }) };
}

function givenOf(entry: FeedbackEntry | null): Given | null {
  if (!entry) return null;
  const { verdict, reason, expects, until } = entry;
  return { verdict, reason, ...(expects !== undefined && { expects }), ...(until !== undefined && { until: Date.parse(until) }) };
}
