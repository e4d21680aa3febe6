import { svg } from 'lit';
import type { SVGTemplateResult } from 'lit';
import type { Band } from '../client/card.ts';

/** Each band's own shape; its hue is a token of the same name, its word is in `words.ts`. */
export const shapes: Record<Band, SVGTemplateResult> = {
  critical: svg`<path fill="currentColor" fill-rule="evenodd" d="M3 0h4l3 3v4L7 10H3L0 7V3zM4.2 2h1.6v3.6H4.2zM4.2 6.5h1.6V8H4.2z"/>`,
  likely: svg`<path fill="currentColor" d="M5 .7 9.8 9.3H.2z"/>`,
  watch: svg`<path fill="currentColor" d="m5 0 5 5-5 5-5-5z"/>`,
  low: svg`<circle cx="5" cy="5" r="2.75" fill="currentColor"/>`,
  unknown: svg`<circle cx="5" cy="5" r="3.8" fill="none" stroke="currentColor" stroke-width="1.6" stroke-dasharray="2.4 1.58"/>`,
};
