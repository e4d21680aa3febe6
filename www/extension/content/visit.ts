import { html } from 'lit-html';
import type { CSSResult } from '@lit/reactive-element/css-tag.js';
import type { Adapter, Found, Place, Reading } from '../../adapters/index.ts';
import { bandOf } from '../../client/band.ts';
import type { Thresholds } from '../../client/manifest.ts';
import { pill, pillStyles } from '../../elements/pill.ts';
import { number } from '../../elements/say.ts';
import { tokens } from '../../elements/tokens.ts';
import { wordsFor } from '../../elements/words.ts';
import { ask } from '../messages.ts';
import type { PageReport, PageSettings, PageTicket, ScoredTicket } from '../messages.ts';
import { CardView, cardViewStyles } from './card-view.ts';
import { furtherOf } from './further.ts';
import { notice, noticeStyles } from './notice.ts';
import { Overlay } from './overlay.ts';
import { sayings } from '../say.ts';

/** After so many looks at which something drawn had been taken away or changed, nothing is drawn any more. */
const mostTampered = 10;
/** How long a page may take to become what its address says. */
const settleMs = 5_000;

interface Badge {
  overlay: Overlay;
  ticket: PageTicket;
  /** What it was scored as; empty while it is not. */
  scored: string;
  answer: ScoredTicket;
}

const unanswered: ScoredTicket = { probability: null, value: null, shown: null, notes: [] };

/** All that is drawn for one address. Ended by its signal, which undoes it. */
export class Visit {
  private readonly ended = new AbortController();
  private readonly signal = this.ended.signal;
  private readonly badges = new Map<string, Badge>();
  private card: { overlay: Overlay; view: CardView; ticket: PageTicket; written: string; floats: boolean } | undefined;
  private warning: { overlay: Overlay; closed: boolean } | undefined;
  private thresholds: Thresholds | null = null;
  private kind: 'binary' | 'regression' = 'binary';
  private readonly began = Date.now();
  private tampered = 0;
  private coveredLooks = 0;
  private givenUp = false;
  private last: Reading = { kind: 'elsewhere' };
  private scoring = false;

  constructor(
    private readonly document: Document,
    private readonly adapter: Adapter,
    private readonly settings: PageSettings,
    private readonly language: string,
  ) {}

  end(): void {
    this.unwarn();
    this.ended.abort();
    this.badges.clear();
  }

  /** Brings what is drawn in line with what the page says now. True while the page still has to settle. */
  show(reading: Reading): boolean {
    this.last = reading;
    if (this.givenUp) return false;
    let untouched = true;
    if (reading.kind === 'mismatch') {
      if (Date.now() - this.began < settleMs) return true;
      untouched = this.warn(sayings(this.language).mismatch(this.adapter.hooks.name), 'mismatch');
    } else {
      this.unwarn();
    }
    if (reading.kind === 'ticket') untouched = this.showCard(reading.ticket) && untouched;
    else this.dropCard();
    untouched = this.showBadges(reading.kind === 'list' ? reading.tickets : []) && untouched;
    if (!untouched && ++this.tampered > mostTampered) this.giveUp();
    return false;
  }

  /** Looks whether the page lies over the card; a card that stays covered is drawn above the page. */
  lookAtCard(): void {
    const { card } = this;
    if (!card || this.givenUp) return;
    this.coveredLooks = card.overlay.isCovered(this.document) ? this.coveredLooks + 1 : 0;
    if (this.coveredLooks < 3) return;
    this.coveredLooks = 0;
    if (!card.floats) {
      card.floats = true;
      card.overlay.host.remove();
    } else if (++this.tampered > mostTampered) {
      this.giveUp();
    }
    card.overlay.keep({ element: this.document.body, put: 'float' });
  }

  report(): PageReport {
    const { last, card } = this;
    const tickets = [...this.badges.values()].map(({ ticket, answer: { probability, value, shown } }) => ({ ticket, probability, value, shown }));
    return {
      kind: last.kind,
      missing: last.kind === 'mismatch' ? last.missing : [],
      givenUp: this.givenUp,
      thresholds: this.thresholds,
      tickets: card ? [{ ticket: card.ticket, ...card.view.answer }] : tickets,
    };
  }

  reveal(id: string): void {
    this.badges.get(id)?.overlay.host.scrollIntoView({ block: 'center' });
  }

  private showCard(found: Found): boolean {
    const ticket = this.ticketOf(found);
    const written = JSON.stringify(ticket);
    if (this.card && this.card.ticket.fields.id !== ticket.fields.id) this.dropCard();
    if (!this.card) {
      const overlay = this.overlay(found.place.put === 'float' ? 'float' : 'card', cardViewStyles());
      this.card = { overlay, view: new CardView(overlay, this.language, this.signal), ticket, written: '', floats: found.place.put === 'float' };
    }
    const { card } = this;
    const untouched = card.overlay.keep(card.floats ? { element: this.document.body, put: 'float' } : found.place);
    if (card.written !== written) {
      Object.assign(card, { written, ticket });
      void card.view.show(ticket);
    }
    return untouched;
  }

  private dropCard(): void {
    this.card?.overlay.host.remove();
    this.card = undefined;
  }

  private showBadges(found: Found[]): boolean {
    let untouched = true;
    const there = new Set<string>();
    for (const one of found) {
      const ticket = this.ticketOf(one);
      const id = ticket.fields.id ?? '';
      if (there.has(id)) continue;
      there.add(id);
      let badge = this.badges.get(id);
      if (!badge) {
        badge = { overlay: this.overlay('badge', [tokens, pillStyles]), ticket, scored: '', answer: unanswered };
        this.badges.set(id, badge);
        this.drawBadge(badge);
      }
      badge.ticket = ticket;
      if (!badge.overlay.keep(one.place)) untouched = false;
    }
    for (const [id, { overlay }] of this.badges) {
      if (there.has(id)) continue;
      overlay.host.remove();
      this.badges.delete(id);
    }
    void this.scoreBadges();
    return untouched;
  }

  /** Scores the badges whose tickets are new or say something else now, all in one question. */
  private async scoreBadges(): Promise<void> {
    if (this.scoring) return;
    const waiting = [...this.badges.values()].flatMap((badge) => {
      const written = JSON.stringify(badge.ticket);
      return badge.scored === written ? [] : [{ badge, written }];
    });
    if (waiting.length === 0) return;
    this.scoring = true;
    try {
      const { scored, thresholds, kind } = await ask('score', { tickets: waiting.map(({ badge }) => badge.ticket), language: this.language });
      Object.assign(this, { thresholds, kind });
      waiting.forEach(({ badge, written }, place) => {
        Object.assign(badge, { scored: written, answer: scored[place] ?? unanswered });
        this.drawBadge(badge);
      });
    } catch (error) {
      for (const { badge, written } of waiting) {
        Object.assign(badge, { scored: written, answer: { ...unanswered, notes: [error instanceof Error ? error.message : String(error)] } });
        this.drawBadge(badge);
      }
    } finally {
      this.scoring = false;
    }
    if (!this.signal.aborted) void this.scoreBadges();
  }

  private drawBadge({ overlay, scored, answer: { probability, value, shown, notes } }: Badge): void {
    const words = wordsFor(this.language);
    const known = this.kind === 'binary' ? probability : value;
    const band = scored === '' ? null : this.kind === 'binary' ? bandOf(probability ?? NaN, this.thresholds) : 'unknown';
    const drawn = this.kind === 'regression' && known !== null ? html`<span class="pill unknown" title=${number(known, 6, words.locale)}>${shown}</span>` : pill({ band, probability: probability ?? NaN }, words);
    overlay.draw(html`<span title=${notes.join(' ')}>${drawn}</span>`);
  }

  /** Says it on the page until it is closed, and on the toolbar, which no page reaches. */
  private warn(words: string, state: 'mismatch' | 'removed'): boolean {
    if (!this.warning) {
      const warning = { overlay: this.overlay('float', noticeStyles), closed: false };
      this.warning = warning;
      warning.overlay.draw(notice(words, sayings(this.language).close, () => {
        warning.closed = true;
        warning.overlay.host.remove();
      }));
      void ask('flag', { state }).catch(() => undefined);
    }
    return this.warning.closed || this.warning.overlay.keep({ element: this.document.body, put: 'float' } satisfies Place);
  }

  private unwarn(): void {
    if (!this.warning) return;
    this.warning.overlay.host.remove();
    this.warning = undefined;
    void ask('flag', { state: '' }).catch(() => undefined);
  }

  private giveUp(): void {
    this.dropCard();
    for (const { overlay } of this.badges.values()) overlay.host.remove();
    this.badges.clear();
    this.unwarn();
    this.warn(sayings(this.language).removed, 'removed');
    this.givenUp = true;
  }

  private overlay(kind: 'badge' | 'card' | 'float', styles: readonly CSSResult[]): Overlay {
    return new Overlay(this.document, kind, styles, this.language, this.signal);
  }

  private ticketOf({ fields, place }: Found): PageTicket {
    return { fields, further: furtherOf(this.settings.further, this.last.kind === 'ticket' ? this.document : place.element) };
  }
}
