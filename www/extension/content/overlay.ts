import { render } from 'lit-html';
import type { TemplateResult } from 'lit-html';
import type { CSSResult } from '@lit/reactive-element/css-tag.js';
import type { Place } from '../../adapters/index.ts';
import { find, isConnected } from '../../adapters/dom.ts';
import { isDark } from './ground.ts';

export type OverlayKind = 'badge' | 'card' | 'float';

/** Custom properties inherit through shadow roots: under names that the page cannot know they are ours alone. */
const ownPrefix = `--b${crypto.randomUUID().slice(0, 8)}-`;
const owned = (cssText: string): string => cssText.replace(/--(?=[a-z])/g, ownPrefix);

/** What the tokens say of the host, said again: `all: initial` takes it away with what the page says. */
const ground = { font: '400 14px/20px system-ui, sans-serif', 'font-variant-numeric': 'tabular-nums', 'text-align': 'start', color: owned('var(--ink)') };

/** How each kind stands on the page; `!important` in an element's own style wins over any sheet of the page. */
const stands: Record<OverlayKind, Record<string, string>> = {
  badge: { display: 'inline-flex', 'vertical-align': 'middle', 'margin-inline-start': '8px' },
  card: { display: 'block', 'container-type': 'inline-size', 'max-inline-size': '440px', 'margin-block': '12px' },
  float: {
    display: 'block', 'container-type': 'inline-size', position: 'fixed', 'inset-block-start': 'auto', 'inset-block-end': '16px', 'inset-inline-end': '16px', 'inset-inline-start': 'auto', 'z-index': '2147483647',
    'inline-size': '360px', 'max-inline-size': 'calc(100vw - 32px)', 'max-block-size': 'calc(100vh - 96px)', overflow: 'auto', 'overscroll-behavior': 'contain', 'border-radius': '10px',
    'box-shadow': '0 8px 32px rgb(0 0 0 / 24%)',
  },
};

const sheets = new Map<string, CSSStyleSheet>();

/**
 * Something drawn on the page: an element without a name that a page could look for, and a closed shadow root. It knows
 * whether it still is as it was drawn.
 */
export class Overlay {
  readonly host: HTMLElement;
  private readonly root: ShadowRoot;
  private at: Place | undefined;
  private dressed = '';
  private cssText: string;

  constructor(
    document: Document,
    private kind: OverlayKind,
    styles: readonly CSSResult[],
    private readonly language: string,
    signal: AbortSignal,
  ) {
    this.host = Document.prototype.createElement.call(document, kind === 'badge' ? 'span' : 'div') as HTMLElement;
    this.root = this.host.attachShadow({ mode: 'closed' });
    this.cssText = owned(styles.map((style) => style.cssText).join('\n'));
    this.adopt();
    // A page whose rows are links or whose shortcuts are single keys must not take what is meant for the card.
    if (kind !== 'badge') {
      for (const type of ['click', 'mousedown', 'pointerdown', 'keydown', 'keyup', 'keypress', 'input', 'submit', 'wheel']) {
        this.root.addEventListener(type, (event) => event.stopPropagation(), { passive: true });
      }
    }
    signal.addEventListener('abort', () => this.host.remove(), { once: true });
  }

  get shadow(): ShadowRoot {
    return this.root;
  }

  draw(template: TemplateResult): void {
    render(template, this.root);
  }

  /** Takes its place. False when someone had removed or changed it although its place is still there. */
  keep(place: Place): boolean {
    const { host } = this;
    const moved = !this.at || this.at.element !== place.element;
    const there = isConnected(host) && !moved;
    const untouched = there ? this.isAsDrawn() : moved;
    if (place.put === 'float') this.kind = 'float';
    if (!there) {
      put(host, place);
      this.at = place;
    }
    if (!there || !untouched) this.dress(place);
    return untouched;
  }

  /**
   * Whether something of the page lies over all that is in view of it, as far as pointing at it can tell. A head that sticks to
   * the edge covers a part only, and what a dialog covers is meant to be.
   */
  isCovered(document: Document): boolean {
    const { left, right, top, bottom } = this.host.getBoundingClientRect();
    const [above, below] = [Math.max(0, top), Math.min(innerHeight, bottom)];
    const middle = (Math.max(0, left) + Math.min(innerWidth, right)) / 2;
    if (right - left < 1 || below - above < 40 || find(document, 'dialog:modal, [aria-modal="true"]')) return false;
    return [0.2, 0.5, 0.8].every((part) => {
      const on = Document.prototype.elementFromPoint.call(document, middle, above + (below - above) * part);
      return on !== null && on !== this.host && !Node.prototype.contains.call(on, this.host);
    });
  }

  private isAsDrawn(): boolean {
    const { host } = this;
    return written(host) === this.dressed;
  }

  private dress(place: Place): void {
    const { host } = this;
    for (const name of host.getAttributeNames()) host.removeAttribute(name);
    const { style } = host;
    style.setProperty('all', 'initial', 'important');
    const scheme = isDark(place.element) ? 'dark' : 'light';
    for (const [name, value] of Object.entries({ ...ground, 'color-scheme': scheme, ...stands[this.kind] })) style.setProperty(name, value, 'important');
    if (this.language) host.lang = this.language;
    this.dressed = written(host);
  }

  /** A constructed sheet is no inline style, so no policy of the page forbids it; where it cannot be adopted, a style element. */
  private adopt(): void {
    try {
      let sheet = sheets.get(this.cssText);
      if (!sheet) {
        sheet = new CSSStyleSheet();
        sheet.replaceSync(this.cssText);
        sheets.set(this.cssText, sheet);
      }
      this.root.adoptedStyleSheets = [sheet];
    } catch {
      const style = Document.prototype.createElement.call(this.host.ownerDocument, 'style');
      style.textContent = this.cssText;
      // Lit draws at the end of the root and leaves what stands before alone.
      this.root.append(style);
    }
  }
}

function put(host: HTMLElement, { element, put }: Place): void {
  const insert = { before: Element.prototype.before, after: Element.prototype.after, prepend: Element.prototype.prepend, append: Element.prototype.append, float: Element.prototype.append }[put];
  insert.call(element, host);
}

const written = (host: HTMLElement): string => host.getAttributeNames().map((name) => `${name}=${host.getAttribute(name)}`).join('\n');
