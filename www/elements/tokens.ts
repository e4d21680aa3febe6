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
    --edge: var(--bellwether-edge, light-dark(#858d9b, #717b8b));
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
  button { font: inherit; color: inherit; cursor: pointer; }
  .link, .chip, .solid, .outlined { overflow-wrap: normal; }
  .link { min-block-size: 24px; min-inline-size: 24px; padding: 2px 8px; border: 0; border-radius: 6px; background: none; color: var(--accent); }
  .link:hover { background: color-mix(in srgb, var(--accent) 8%, transparent); }
  .outlined { min-block-size: 28px; padding: 4px 12px; border: 1px solid var(--edge); border-radius: 6px; background: none; color: var(--accent); }
  .solid { min-block-size: 28px; padding: 4px 12px; border: 0; border-radius: 6px; background: var(--accent); color: var(--surface); font-weight: 600; }
  .chip {
    display: inline-flex; align-items: center; gap: 4px; min-block-size: 24px; padding: 2px 10px; border: 1px solid var(--line); border-radius: 12px;
    background: none; color: var(--ink); font-size: var(--small); line-height: 16px; text-align: start;
  }
  .chip:hover, .outlined:hover { background: color-mix(in srgb, var(--accent) 8%, transparent); }
  @media (prefers-reduced-motion: no-preference) { button, .row { transition: background-color 120ms; } }
  :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
`;
