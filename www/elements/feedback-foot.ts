import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Band } from '../client/card.ts';
import type { Verdict } from '../client/feedback.ts';
import { moment } from './moment.ts';
import type { Words } from './words.ts';

/** What a reader said: the detail of `bellwether-feedback`. */
export interface Given {
  verdict: Verdict;
  /** With `disagree`: what the reader expects instead. */
  expects?: boolean;
  reason: string;
  /** With `snooze`: until when, milliseconds. */
  until?: number;
}

export interface FootView {
  /** Said before, if anything. */
  given: Given | null;
  /** The form that is open. */
  form: 'disagree' | 'snooze' | null;
  band: Band;
  now: number;
  timeZone: string | undefined;
  words: Words;
  open(form: 'disagree' | 'snooze' | null): void;
  give(given: Given): void;
  withdraw(): void;
}

/** Agree, disagree, snooze; the two that need a reason open a small form in place. */
export function renderFeedback(view: FootView): TemplateResult {
  const { given, form, words, open, give, withdraw } = view;
  if (given) {
    return html`<p class="given" role="status">
      <span>${saidBefore(given, view)}</span>
      <button type="button" class="link" part="feedback" @click=${withdraw}>${words.undo}</button>
    </p>`;
  }
  return html`<div class="verdicts" role="group" aria-label=${words.feedback}>
      <button type="button" class="link" part="feedback" @click=${() => give({ verdict: 'agree', reason: '' })}>${words.agree}</button>
      <button type="button" class="link" part="feedback" aria-expanded=${form === 'disagree' ? 'true' : 'false'} @click=${() => open(form === 'disagree' ? null : 'disagree')}>${words.disagree}</button>
      <button type="button" class="link" part="feedback" aria-expanded=${form === 'snooze' ? 'true' : 'false'} @click=${() => open(form === 'snooze' ? null : 'snooze')}>${words.snooze}</button>
    </div>
    ${form === 'disagree' ? disagreeForm(view) : form === 'snooze' ? snoozeForm(view) : nothing}`;
}

function saidBefore({ verdict, reason, until }: Given, { words, now, timeZone }: FootView): string {
  const said = verdict === 'agree' ? words.agreed : verdict === 'disagree' ? words.disagreed : words.snoozed(moment(until ?? NaN, now, timeZone, words));
  return reason ? `${said} ${reason}` : said;
}

/** What a reader who disagrees most likely expects: the other side of what the band says. */
const otherSide = (band: Band): boolean => band === 'low' || band === 'unknown';

function disagreeForm({ words, band, give, open }: FootView): TemplateResult {
  const expected = otherSide(band);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const reason = [data.get('reason'), data.get('own')].map((part) => String(part ?? '').trim()).filter(Boolean);
    give({ verdict: 'disagree', expects: data.get('expects') === 'yes', reason: reason.join('; ') });
  };
  return html`<form class="form" part="form" @submit=${submit}>
    <fieldset>
      <legend class="unseen">${words.disagree}</legend>
      ${choice('expects', 'no', words.expectsNo, !expected)}${choice('expects', 'yes', words.expectsYes, expected)}
    </fieldset>
    <fieldset>
      <legend>${words.because}</legend>
      ${words.disagreeReasons.map((reason) => choice('reason', reason, reason, false))}
    </fieldset>
    <label class="own"><span class="unseen">${words.ownWords}</span><input name="own" maxlength="200" autocomplete="off" placeholder=${words.ownWords}></label>
    <p class="actions">
      <button type="submit" class="solid">${words.send}</button>
      <button type="button" class="link" @click=${() => open(null)}>${words.cancel}</button>
    </p>
  </form>`;
}

function snoozeForm({ words, now, give }: FootView): TemplateResult {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement, event.submitter);
    give({ verdict: 'snooze', reason: String(data.get('own') ?? '').trim(), until: now + Number(data.get('hours')) * 3_600_000 });
  };
  return html`<form class="form" part="form" @submit=${submit}>
    <label class="own"><span class="unseen">${words.ownWords}</span><input name="own" maxlength="200" autocomplete="off" placeholder=${words.ownWords}></label>
    <p class="actions">${words.snoozeSpans.map(({ label, hours }) => html`<button type="submit" class="chip" name="hours" value=${hours}>${label}</button>`)}</p>
  </form>`;
}

const choice = (name: string, value: string, label: string, checked: boolean): TemplateResult =>
  html`<label class="choice"><input type="radio" name=${name} value=${value} ?checked=${checked}>${label}</label>`;
