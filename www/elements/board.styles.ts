import { css } from 'lit';

export const boardStyles = css`
  :host { display: block; container-type: inline-size; }
  section { background: var(--surface); border-radius: 10px; box-shadow: 0 0 0 1px var(--line); overflow: hidden; }
  p { margin: 0; }
  header { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 12px; padding: 12px 16px 10px; }
  h2 { margin: 0; font-size: var(--text); line-height: 20px; font-weight: 600; }
  .soft { color: var(--soft); font-size: var(--small); line-height: 20px; }

  .controls { display: flex; gap: 8px; padding: 0 16px 10px; }
  .controls input, .controls select {
    block-size: 28px; padding: 0 8px; border: 1px solid var(--edge); border-radius: 6px;
    background: var(--surface); color: var(--ink); font: inherit; font-size: var(--small);
  }
  .controls input { flex: 1; min-inline-size: 0; }
  .controls input::placeholder { color: var(--soft); opacity: 1; }
  .changes .link { margin-inline-end: -8px; }
  .changes, .notice {
    display: flex; justify-content: space-between; align-items: center; gap: 12px;
    min-block-size: 32px; padding: 2px 16px; border-block-start: 1px solid var(--line);
    color: var(--soft); font-size: var(--small); line-height: 16px;
  }
  .notice { justify-content: flex-start; gap: 6px; }
  .notice svg { inline-size: 10px; block-size: 10px; flex: none; }

  /* An opaque ground lets the browser scroll the list as one finished layer; rows that it would show and hide by
     themselves (content-visibility) cost more in every frame than they save. */
  .list { background: var(--surface); font-size: var(--text); max-block-size: var(--bellwether-board-height, none); overflow: auto; overscroll-behavior: contain; }
  .row {
    display: grid; grid-template-columns: var(--badge-width, 120px) minmax(0, 1fr) auto; column-gap: 12px; align-items: center;
    block-size: 56px; padding: 8px 16px; border-block-start: 1px solid var(--line); cursor: pointer;
  }
  .row > .pill { justify-self: start; }
  .row:hover { background: color-mix(in srgb, var(--accent) 5%, transparent); }
  .row[aria-selected='true'] { background: color-mix(in srgb, var(--accent) 9%, transparent); box-shadow: inset 3px 0 var(--accent); }
  .row:dir(rtl)[aria-selected='true'] { box-shadow: inset -3px 0 var(--accent); }
  .row:focus-visible { outline-offset: -2px; }
  .what { min-inline-size: 0; }
  .title, .detail { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .moved .title { font-weight: 600; }
  .detail, .note { color: var(--soft); font-size: var(--small); line-height: 16px; }
  .note { white-space: nowrap; text-align: end; }
  .move, .fresh { display: block; color: var(--ink); }
  .capacity { border-block-start: 1px dashed var(--accent); color: var(--accent); font-size: var(--small); line-height: 16px; padding: 4px 16px; }

  .state { padding: 32px 16px; text-align: center; color: var(--soft); border-block-start: 1px solid var(--line); }
  .state svg { inline-size: 20px; block-size: 20px; margin-block-end: 8px; }
  .state .outlined { margin-block-start: 12px; }
  .bones { cursor: default; }
  .bones i { display: block; block-size: 12px; border-radius: 6px; background: var(--line); }
  .bones > i { block-size: 20px; inline-size: 92px; border-radius: 10px; }
  .bones .thin { inline-size: 40%; block-size: 8px; margin-block-start: 8px; }

  @container (max-width: 380px) {
    .row { grid-template-columns: 1fr auto; row-gap: 4px; padding-block: 8px; block-size: 80px; }
    .what { grid-column: 1 / -1; grid-row: 2; }
    .note { display: flex; gap: 8px; }
  }
`;
