import type { Adapter } from '../../adapters/index.ts';
import type { PageReport, PageSettings } from '../messages.ts';
import { Visit } from './visit.ts';

/** How soon after a change the page is read again, and how much rest it gets when reading takes long. */
const soonMs = 60;
const restTimes = 20;
const coverLookMs = 1_500;

/** Follows one page: reads it when it changed, and begins anew when its address did. */
export class Watch {
  private visit: Visit | undefined;
  private address = '';
  private timer: ReturnType<typeof setTimeout> | undefined;
  private restUntil = 0;
  private readonly ended = new AbortController();

  constructor(
    private readonly document: Document,
    private readonly adapter: Adapter,
    private readonly settings: PageSettings,
  ) {}

  start(): void {
    const { signal } = this.ended;
    const observer = new MutationObserver(() => this.soon());
    observer.observe(this.document, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ['style', 'class', 'value', 'hidden', 'lang', 'data-theme'] });
    for (const type of ['popstate', 'hashchange', 'pageshow']) addEventListener(type, () => this.soon(0), { signal });
    // Typed choices change no element.
    addEventListener('change', () => this.soon(), { passive: true, signal });
    const covers = setInterval(() => {
      if (!this.document.hidden) this.visit?.lookAtCard();
    }, coverLookMs);
    signal.addEventListener('abort', () => {
      observer.disconnect();
      clearInterval(covers);
      clearTimeout(this.timer);
      this.visit?.end();
    });
    this.look();
  }

  /** Leaves the page as it was. */
  end(): void {
    this.ended.abort();
  }

  report(): PageReport {
    return this.visit?.report() ?? { kind: 'elsewhere', missing: [], givenUp: false, tickets: [], thresholds: null };
  }

  reveal(id: string): void {
    this.visit?.reveal(id);
  }

  private soon(afterMs = soonMs): void {
    if (this.timer !== undefined && afterMs > 0) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), Math.max(afterMs, this.restUntil - performance.now()));
  }

  private look(): void {
    this.timer = undefined;
    const began = performance.now();
    const { pathname, search, hash } = location;
    const address = pathname + search + hash;
    if (!this.visit || address !== this.address) {
      this.visit?.end();
      this.address = address;
      this.visit = new Visit(this.document, this.adapter, this.settings, this.settings.language || languageOf(this.document));
    }
    const settling = this.visit.show(this.adapter.read(location, this.document));
    this.restUntil = performance.now() + (performance.now() - began) * restTimes;
    if (settling) this.soon(500);
  }
}

const languageOf = (document: Document): string => Document.prototype.querySelector.call(document, 'html')?.getAttribute('lang') ?? '';
