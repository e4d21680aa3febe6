import { css } from 'lit';

/**
 * The one set of colours and sizes, light and dark. Every token can be set from the page as `--bellwether-NAME`.
 * The scheme follows the system, or the nearest `data-theme="light|dark"`.
 */
export const tokens = css`
  :host {
    color-scheme: var(--bellwether-scheme, light dark);
    --surface: var(--bellwether-surface, light-dark(#ffffff, #1a1e26));
    --ink: var(--bellwether-ink, light-dark(#1b1f27, #e8ebf1));
    --soft: var(--bellwether-soft, light-dark(#596170, #a0a9b9));
    --line: var(--bellwether-line, light-dark(#e3e6eb, #2b313c));
    --accent: var(--bellwether-accent, light-dark(#2f5fd0, #8fb0ff));
    --low: var(--bellwether-low, light-dark(#226645, #7fd6aa));
    --low-fill: var(--bellwether-low-fill, light-dark(#e5f4ec, #15352a));
    --watch: var(--bellwether-watch, light-dark(#705300, #f0d07a));
    --watch-fill: var(--bellwether-watch-fill, light-dark(#fbf1d3, #3a3013));
    --likely: var(--bellwether-likely, light-dark(#9a3d00, #ffb285));
    --likely-fill: var(--bellwether-likely-fill, light-dark(#fde8d8, #43240f));
    --critical: var(--bellwether-critical, light-dark(#ab152b, #ff9aa8));
    --critical-fill: var(--bellwether-critical-fill, light-dark(#fde3e6, #461a22));
    --unknown: var(--bellwether-unknown, light-dark(#555e6c, #a7b0bf));
    --unknown-fill: var(--bellwether-unknown-fill, light-dark(#eceef2, #262c36));
    --up: var(--bellwether-up, light-dark(#c2410c, #ff9d66));
    --down: var(--bellwether-down, light-dark(#2c7a55, #7fd6aa));
    --text: 14px;
    --small: 12px;
    font: 400 var(--text) / 20px var(--bellwether-font, system-ui, sans-serif);
    font-variant-numeric: tabular-nums;
    color: var(--ink);
    text-align: start;
  }
  :host([data-theme='light']) { color-scheme: light; }
  :host([data-theme='dark']) { color-scheme: dark; }
  :host([hidden]) { display: none; }
  *, ::before, ::after { box-sizing: border-box; }
  .unseen {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
`;
