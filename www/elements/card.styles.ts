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
  p, h2, ul, fieldset { margin: 0; padding: 0; }
  ul { list-style: none; }
  .soft { color: var(--soft); font-size: var(--small); line-height: 16px; }
  .top { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 8px; min-block-size: 20px; }
  .assumed {
    display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0 12px;
    margin-block-start: 8px; padding: 4px 8px; border-inline-start: 3px solid var(--accent);
    background: color-mix(in srgb, var(--accent) 8%, transparent);
  }
  .assumed .link { margin-inline: -8px; }
  .sentence { display: flex; flex-wrap: wrap; align-items: baseline; column-gap: 8px; margin-block: 8px 0; }
  .sentence strong { font-size: 28px; line-height: 36px; font-weight: 600; letter-spacing: -0.02em; white-space: nowrap; }
  .sentence strong.words { font-size: var(--text); line-height: 20px; letter-spacing: 0; white-space: normal; }
  .claim { flex: 1 1 104px; text-wrap: balance; }
  .trend { display: inline-flex; align-items: center; gap: 6px; color: var(--soft); font-size: var(--small); white-space: nowrap; align-self: center; }
  .trend svg { inline-size: 56px; block-size: 20px; }
  :dir(rtl).trend svg { scale: -1 1; }
  h2 { font-size: var(--small); line-height: 16px; font-weight: 600; color: var(--soft); margin-block: 16px 4px; }
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
  .value { display: block; color: var(--soft); font-size: var(--small); line-height: 16px; font-weight: 400; }
  .text { display: block; }
  .turn { display: inline-block; inline-size: 6px; block-size: 6px; margin-block: 0 2px; border: solid currentColor; border-width: 0 1.5px 1.5px 0; rotate: 45deg; }
  /* As wide as nothing, so that it never stands alone on a line. */
  .turn { margin-inline: 6px -14px; }
  .reason .text { padding-inline-end: 6px; }
  [aria-expanded='true'] .turn { rotate: 225deg; margin-block-end: -1px; }

  .bar { position: relative; block-size: 6px; border-radius: 3px; background: var(--line); overflow: hidden; }
  .bar i { position: absolute; inset-block: 0; inset-inline-start: 50%; background: var(--up); border-start-end-radius: 3px; border-end-end-radius: 3px; }
  .bar i.down { inset-inline: auto 50%; background: var(--down); border-radius: 0; border-start-start-radius: 3px; border-end-start-radius: 3px; }
  .bar::after { content: ''; position: absolute; inset-block: 0; inset-inline-start: calc(50% - 1px); inline-size: 2px; background: var(--surface); }

  .evidence { margin: 0 0 8px; padding: 4px 0 4px 12px; border-inline-start: 2px solid var(--line); }
  .evidence li { display: flex; justify-content: space-between; gap: 12px; font-size: var(--small); line-height: 20px; }
  .evidence time { color: var(--soft); white-space: nowrap; }
  .rest { display: grid; grid-template-columns: 1fr 36px; column-gap: 8px; padding-block: 5px 0; }
  .rest span { text-align: end; }

  .agent { display: flex; justify-content: space-between; align-items: start; gap: 12px; padding-block: 4px; }
  .agent:first-child .name { font-weight: 600; }
  .agent .link { flex: none; margin-inline-end: -8px; }
  .agent > .soft { line-height: 20px; white-space: nowrap; }

  .chips { display: flex; flex-wrap: wrap; gap: 6px; padding-block: 2px 4px; }
  .chip .down { color: var(--down); white-space: nowrap; }
  .chip .up { color: var(--up); white-space: nowrap; }

  .foot { border-block-start: 1px solid var(--line); padding: 8px 16px; }
  .gaps { margin-block: 2px 4px; }
  .gaps li { display: grid; grid-template-columns: 10px 1fr; column-gap: 6px; padding-block: 2px; }
  .gaps svg { inline-size: 10px; block-size: 10px; margin-block-start: 3px; color: var(--unknown); }
  .last > .link { margin-inline-start: -8px; }
  .last { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0 8px; }
  .verdicts { display: flex; gap: 4px; margin-inline: auto -8px; }
  .verdicts .link, .given .link { font-size: var(--small); }
  .verdicts .link { color: var(--soft); }
  .verdicts .link:hover, .verdicts [aria-expanded='true'] { color: var(--accent); }
  .given { display: flex; flex: 1; min-inline-size: 0; flex-wrap: wrap; justify-content: flex-end; align-items: center; gap: 0 8px; margin-inline-end: -8px; text-align: end; }
  .form { flex: 1 1 100%; padding-block: 8px 4px; color: var(--ink); }
  .form fieldset { border: 0; min-inline-size: 0; display: flex; flex-wrap: wrap; gap: 0 16px; }
  .form fieldset + fieldset { margin-block-start: 4px; }
  .form legend { padding: 0; color: var(--soft); }
  .choice { display: inline-flex; align-items: center; gap: 6px; min-block-size: 24px; cursor: pointer; }
  .choice input { margin: 0; inline-size: 16px; block-size: 16px; accent-color: var(--accent); }
  .own input {
    inline-size: 100%; block-size: 28px; margin-block: 8px; padding: 0 8px; border: 1px solid var(--edge); border-radius: 6px;
    background: var(--surface); color: var(--ink); font: inherit;
  }
  .own input::placeholder { color: var(--soft); opacity: 1; }
  .actions { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }

  .state { margin: 0; padding: 32px 16px; text-align: center; color: var(--soft); }
  .state > svg { display: block; inline-size: 20px; block-size: 20px; margin: 0 auto 8px; }
  .state .refused { color: var(--likely); }
  .state .outlined { margin-block-start: 12px; }
  .bone { block-size: 12px; border-radius: 6px; background: var(--line); margin-block: 12px; }
  .bone.short { inline-size: 40%; }
  .bone.tall { block-size: 28px; inline-size: 70%; }
  .bone.long { inline-size: 80%; }

  @container (max-width: 320px) {
    .what { display: contents; }
    .text { grid-column: 1 / -1; }
  }
`;
