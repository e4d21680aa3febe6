import { svg } from 'lit';
import type { SVGTemplateResult } from 'lit';
import type { Band } from '../client/card.ts';

/** Each band's own word and shape; its hue is a token of the same name. */
export const bands: Record<Band, { word: string; shape: SVGTemplateResult }> = {
  critical: { word: 'Critical', shape: svg`<path fill="currentColor" fill-rule="evenodd" d="M3 0h4l3 3v4L7 10H3L0 7V3zM4.2 2h1.6v3.6H4.2zM4.2 6.5h1.6V8H4.2z"/>` },
  likely: { word: 'Likely', shape: svg`<path fill="currentColor" d="M5 .7 9.8 9.3H.2z"/>` },
  watch: { word: 'Watch', shape: svg`<path fill="currentColor" d="m5 0 5 5-5 5-5-5z"/>` },
  low: { word: 'Low', shape: svg`<circle cx="5" cy="5" r="2.75" fill="currentColor"/>` },
  unknown: {
    word: 'Not known',
    shape: svg`<circle cx="5" cy="5" r="3.8" fill="none" stroke="currentColor" stroke-width="1.6" stroke-dasharray="2.4 1.58"/>`,
  },
};
