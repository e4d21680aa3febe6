import { css } from 'lit';

export const boardStyles = css`
  :host { display: block; }
  section { background: var(--surface); border-radius: 10px; box-shadow: 0 0 0 1px var(--line); overflow: hidden; }
  header { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 12px; padding: 12px 16px 10px; }
  h2 { margin: 0; font-size: var(--text); line-height: 20px; font-weight: 600; }
  .soft { color: var(--soft); font-size: var(--small); line-height: 20px; }
  .row {
    display: grid; grid-template-columns: 124px 1fr auto; column-gap: 12px; align-items: center;
    min-block-size: 56px; padding: 8px 16px; border-block-start: 1px solid var(--line); cursor: pointer;
    content-visibility: auto; contain-intrinsic-block-size: auto 56px;
  }
  .row:hover { background: color-mix(in srgb, var(--accent) 5%, transparent); }
  .row[aria-selected='true'] { background: color-mix(in srgb, var(--accent) 9%, transparent); box-shadow: inset 3px 0 var(--accent); }
  .row:dir(rtl)[aria-selected='true'] { box-shadow: inset -3px 0 var(--accent); }
  .row:focus-visible { outline-offset: -2px; }
  .what { min-inline-size: 0; }
  .title, .detail { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .detail, .note { color: var(--soft); font-size: var(--small); line-height: 16px; }
  .note { white-space: nowrap; text-align: end; }
  .move { display: block; color: var(--ink); }
  .capacity { border-block-start: 1px dashed var(--accent); color: var(--accent); font-size: var(--small); line-height: 16px; padding: 4px 16px; }
  .state { margin: 0; padding: 32px 16px; text-align: center; color: var(--soft); border-block-start: 1px solid var(--line); }
  .state p { margin: 0; }
  .state button {
    margin-block-start: 12px; min-block-size: 28px; padding: 4px 12px; border: 1px solid var(--line); border-radius: 6px;
    background: none; color: var(--accent); font: inherit; cursor: pointer;
  }
  :host { container-type: inline-size; }
  @container (max-width: 380px) {
    .row { grid-template-columns: 1fr auto; row-gap: 4px; padding-block: 10px; contain-intrinsic-block-size: auto 80px; }
    .what { grid-column: 1 / -1; grid-row: 2; }
  }
`;
