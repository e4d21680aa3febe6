import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { styleMap } from 'lit/directives/style-map.js';
import type { Reason } from '../client/card.ts';
import { ago, exactMoment } from './moment.ts';
import { exactPercent, percent, unbroken } from './say.ts';
import type { Words } from './words.ts';

export interface ReasonView {
  reason: Reason;
  /** Identifies the reason within its card. */
  id: string;
  /** The share that fills its side of the bar. */
  fullShare: number;
  open: boolean;
  toggle: () => void;
  now: number;
  timeZone: string | undefined;
  words: Words;
}

/** One reason on one line; a button when there are rows behind it. */
export function renderReason(view: ReasonView): TemplateResult {
  const { reason, id, open, toggle } = view;
  if (reason.evidence.length === 0) return html`<li part="reason"><div class="reason">${line(view)}</div></li>`;
  return html`<li part="reason">
    <button class="reason" type="button" aria-expanded=${open ? 'true' : 'false'} aria-controls=${id} @click=${toggle}>${line(view)}</button>
    <ul class="evidence" part="evidence" id=${id} ?hidden=${!open}>${open ? evidence(view) : nothing}</ul>
  </li>`;
}

function line({ reason, fullShare, words }: ReasonView): TemplateResult {
  const raises = reason.direction === 'up';
  const width = `${(Math.min(1, reason.share / fullShare) * 50).toFixed(1)}%`;
  return html`<span class="what"
      ><span class="text">${unbroken(reason.text)}${reason.evidence.length ? html`<span class="turn" aria-hidden="true"></span>` : nothing}</span><span class="value">${unbroken(reason.value)}</span></span
    ><span class="bar" aria-hidden="true"><i class=${reason.direction} style=${styleMap({ width })}></i></span
    ><span class="share" title=${exactPercent(reason.share, words.locale)}
      ><span class="unseen">${raises ? words.raisesTheRisk : words.lowersTheRisk}</span>${percent(reason.share)}<span class="unseen">${words.ofTheScore}</span></span
    >`;
}

const evidence = ({ reason, now, timeZone, words }: ReasonView): TemplateResult[] =>
  reason.evidence.map(({ text, at }) => {
    const ms = at ? Date.parse(at) : NaN;
    const time = Number.isNaN(ms) ? nothing : html`<time datetime=${at ?? ''} title=${exactMoment(ms, timeZone, words)}>${ago(ms, now, words)}</time>`;
    return html`<li><span>${text}</span>${time}</li>`;
  });
