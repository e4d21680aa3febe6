/** In place of `lit` in the content script: its templates and styles without its elements. */
export { html, nothing, svg, render } from 'lit-html';
export { css } from '@lit/reactive-element/css-tag.js';
