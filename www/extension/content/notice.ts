import { css } from '@lit/reactive-element/css-tag.js';
import { html } from 'lit-html';
import type { TemplateResult } from 'lit-html';
import { shapes } from '../../elements/bands.ts';
import { tokens } from '../../elements/tokens.ts';

export const noticeStyles = [
  tokens,
  css`
    .notice { display: grid; grid-template-columns: 12px 1fr auto; gap: 12px; align-items: start; padding: 12px 16px; border-radius: 10px; background: var(--surface); box-shadow: 0 0 0 1px var(--line); }
    .notice svg { inline-size: 12px; block-size: 12px; margin-block-start: 4px; color: var(--likely); }
    .notice p { margin: 0; }
  `,
];

/** One sentence that stands on the page until it is closed. */
export const notice = (words: string, close: string, closed: () => void): TemplateResult => html`<div class="notice" role="status">
  <svg viewBox="0 0 10 10" aria-hidden="true">${shapes.likely}</svg>
  <p>${words}</p>
  <button type="button" class="link" @click=${closed}>${close}</button>
</div>`;
