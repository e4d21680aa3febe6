import { render } from 'lit-html';
import type { TemplateResult } from 'lit-html';
import { wordsFor } from '../../elements/words.ts';
import type { Words } from '../../elements/words.ts';

/**
 * In place of `elements/element.ts` in the content script: what an element is to its class, without being one. It draws into
 * the root that it is given, and tells its listeners directly. It extends no class of the browser's: what a content script adds
 * to one is not there in Firefox, where it sees such objects through a filter.
 */
export class BellwetherElement {
  language = '';
  private readonly listeners = new Map<string, (detail: unknown) => void>();
  private root: ShadowRoot | undefined;
  private changed = new Map<PropertyKey, unknown>();
  private waiting = false;

  /** Draws into a root from now on. */
  drawIn(root: ShadowRoot): void {
    this.root = root;
    this.requestUpdate();
  }

  /** The one listener of an event. */
  on(name: string, listener: (detail: unknown) => void): void {
    this.listeners.set(name, listener);
  }

  requestUpdate(name?: PropertyKey, old?: unknown): void {
    this.changed ??= new Map();
    if (name !== undefined && !this.changed.has(name)) this.changed.set(name, old);
    if (this.waiting || !this.root) return;
    this.waiting = true;
    queueMicrotask(() => this.update());
  }

  protected get words(): Words {
    return wordsFor(this.language);
  }

  protected tell(name: string, detail?: unknown): void {
    this.listeners.get(name)?.(detail);
  }

  protected willUpdate(_changed: ReadonlyMap<PropertyKey, unknown>): void {
    // For those who extend it.
  }

  protected render(): TemplateResult | undefined {
    return undefined;
  }

  private update(): void {
    this.waiting = false;
    if (!this.root) return;
    this.willUpdate(this.changed);
    this.changed = new Map();
    render(this.render(), this.root, { host: this });
  }
}
