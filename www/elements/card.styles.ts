import { css } from 'lit';

export const cardStyles = css`
  :host { display: block; container-type: inline-size; }
  section {
    background: var(--surface);
    border-radius: 10px;
    box-shadow: 0 0 0 1px var(--line);
    overflow-wrap: anywhere;
  }
  .body { padding: 16px; }
  p, h2, ul { margin: 0; padding: 0; }
  ul { list-style: none; }
  .soft { color: var(--soft); font-size: var(--small); line-height: 16px; }
  .top { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 8px; min-block-size: 20px; }
  .sentence { display: flex; flex-wrap: wrap; align-items: baseline; column-gap: 8px; margin-block: 8px 0; }
  .sentence strong { font-size: 28px; line-height: 36px; font-weight: 600; letter-spacing: -0.02em; }
  .sentence strong.words { font-size: var(--text); line-height: 20px; letter-spacing: 0; }
  h2 { font-size: var(--small); line-height: 16px; font-weight: 600; color: var(--soft); margin-block: 20px 4px; }
  .why-head { display: grid; grid-template-columns: 1fr 84px 36px; column-gap: 8px; align-items: end; }
  .legend { display: flex; justify-content: space-between; font-size: var(--small); line-height: 16px; color: var(--soft); margin-block-end: 4px; }

  .reason {
    display: grid; grid-template-columns: 1fr 84px 36px; column-gap: 8px; align-items: center;
    inline-size: calc(100% + 16px); margin-inline: -8px; padding: 5px 8px;
    border: 0; border-radius: 6px; background: none; color: inherit; font: inherit; text-align: start;
  }
  button.reason { cursor: pointer; }
  button.reason:hover { background: color-mix(in srgb, var(--accent) 8%, transparent); }
  .reason .share { text-align: end; color: var(--soft); font-size: var(--small); white-space: nowrap; }
  .value { display: block; color: var(--soft); font-size: var(--small); line-height: 16px; }
  .text { display: block; }
  .turn { display: inline-block; inline-size: 6px; block-size: 6px; margin: 0 2px 2px 6px; border: solid currentColor; border-width: 0 1.5px 1.5px 0; rotate: 45deg; }
  [aria-expanded='true'] .turn { rotate: 225deg; margin-block-end: -1px; }

  .bar { position: relative; block-size: 6px; border-radius: 3px; background: var(--line); overflow: hidden; }
  .bar i { position: absolute; inset-block: 0; inset-inline-start: 50%; background: var(--up); border-radius: 0 3px 3px 0; }
  .bar i.down { inset-inline: auto 50%; background: var(--down); border-radius: 3px 0 0 3px; }
  .bar::after { content: ''; position: absolute; inset-block: 0; inset-inline-start: calc(50% - 1px); inline-size: 2px; background: var(--surface); }

  .evidence { margin: 0 0 8px; padding: 4px 0 4px 12px; border-inline-start: 2px solid var(--line); }
  .evidence li { display: flex; justify-content: space-between; gap: 12px; font-size: var(--small); line-height: 20px; }
  .evidence time { color: var(--soft); white-space: nowrap; }
  .rest { display: grid; grid-template-columns: 1fr 36px; column-gap: 8px; padding-block: 5px 0; }
  .rest span { text-align: end; }

  .agent { padding-block: 4px; }
  .agent:first-child .name { font-weight: 600; }

  .foot { border-block-start: 1px solid var(--line); padding: 10px 16px; }
  .foot li + li, .foot ul + p { margin-block-start: 4px; }
  .foot li { display: grid; grid-template-columns: 10px 1fr; column-gap: 6px; }
  .foot svg { inline-size: 10px; block-size: 10px; margin-block-start: 3px; color: var(--unknown); }

  .state { padding: 24px 16px; text-align: center; color: var(--soft); }
  .state button {
    margin-block-start: 12px; min-block-size: 28px; padding: 4px 12px; border: 1px solid var(--line); border-radius: 6px;
    background: none; color: var(--accent); font: inherit; cursor: pointer;
  }
  .bone { block-size: 12px; border-radius: 6px; background: var(--line); margin-block: 12px; }
  .bone.short { inline-size: 40%; }
  .bone.long { inline-size: 80%; }

  @container (max-width: 320px) {
    .what { display: contents; }
    .text { grid-column: 1 / -1; }
  }
`;
