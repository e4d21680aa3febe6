/**
 * Lets the user point at an element of the page; answers a selector that finds it, and how many elements it finds. Escape ends
 * it without one.
 */
export function pick(document: Document, what: string): Promise<{ selector: string; found: number; text: string } | null> {
  return new Promise((resolve) => {
    const ended = new AbortController();
    const { signal } = ended;
    const frame = Document.prototype.createElement.call(document, 'div') as HTMLElement;
    const root = frame.attachShadow({ mode: 'closed' });
    const label = Document.prototype.createElement.call(document, 'span');
    label.textContent = what;
    label.style.cssText = 'position:absolute;inset-block-end:100%;inset-inline-start:0;background:#2f5fd0;color:#fff;font:600 12px/20px system-ui;padding:0 8px;white-space:nowrap';
    root.append(label);
    frame.style.cssText = 'all:initial!important;position:fixed!important;z-index:2147483647!important;pointer-events:none!important;outline:2px solid #2f5fd0!important;background:rgb(47 95 208 / 12%)!important';
    document.body.append(frame);

    const under = ({ clientX, clientY }: MouseEvent): Element | null => Document.prototype.elementFromPoint.call(document, clientX, clientY);
    const done = (element: Element | null): void => {
      ended.abort();
      frame.remove();
      resolve(element ? { ...selectorOf(element), text: (element.textContent ?? '').trim().slice(0, 200) } : null);
    };
    const listen = <K extends keyof WindowEventMap>(type: K, listener: (event: WindowEventMap[K]) => void): void =>
      addEventListener(type, (event) => event.isTrusted && listener(event), { capture: true, signal });
    const swallow = (event: Event): void => {
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    listen('mousemove', (event) => {
      const box = under(event)?.getBoundingClientRect();
      if (!box) return;
      for (const [name, value] of Object.entries({ left: box.left, top: box.top, width: box.width, height: box.height })) frame.style.setProperty(name, `${value}px`, 'important');
    });
    for (const type of ['mousedown', 'mouseup', 'pointerdown', 'pointerup'] as const) listen(type, swallow);
    listen('click', (event) => {
      swallow(event);
      done(under(event));
    });
    listen('keydown', (event) => {
      if (event.key !== 'Escape') return;
      swallow(event);
      done(null);
    });
  });
}

/** Names that a machine made change with the next release. */
const made = /\d{3,}|^(css|sc|jsx|ember|react|ng|v)-|[-_](?=[A-Za-z0-9]*\d)[A-Za-z0-9]{5,}$|^[a-z]{1,2}[A-Z0-9][A-Za-z0-9]{3,}$/;
const told = ['data-testid', 'data-test-id', 'data-test', 'data-qa', 'name', 'aria-label', 'itemprop'];

/** The shortest selector of lasting names that finds the element, its ancestors' before it where it needs them. */
export function selectorOf(element: Element): { selector: string; found: number } {
  const count = (selector: string): number => Document.prototype.querySelectorAll.call(element.ownerDocument, selector).length;
  let selector = own(element);
  for (let at = element.parentElement; at && count(selector) > 1 && at.localName !== 'html'; at = at.parentElement) {
    const longer = `${own(at)} ${selector}`;
    if (count(longer) < count(selector)) selector = longer;
  }
  return { selector, found: count(selector) };
}

function own(element: Element): string {
  const { id, localName } = element;
  if (id && !made.test(id)) return `#${CSS.escape(id)}`;
  const attribute = told.find((name) => element.hasAttribute(name) && !made.test(element.getAttribute(name) ?? ''));
  if (attribute) return `${localName}[${attribute}="${CSS.escape(element.getAttribute(attribute) ?? '')}"]`;
  const names = [...element.classList].filter((name) => !made.test(name)).slice(0, 2);
  return localName + names.map((name) => `.${CSS.escape(name)}`).join('');
}
