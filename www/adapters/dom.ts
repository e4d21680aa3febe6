/**
 * Reading a page that is not trusted. A page can put an element named `querySelector` or `textContent` into a form or into
 * the document and so shadow the real one, for content scripts too: every reading goes through the prototypes, taken once.
 * What is read is text, and bounded.
 */
type Root = Document | Element;

const uncurried = <T, A extends unknown[], R>(method: (this: T, ...rest: A) => R): ((on: T, ...rest: A) => R) => Function.prototype.call.bind(method) as (on: T, ...rest: A) => R;
const getter = <R>(of: object, name: string): ((on: unknown) => R) => {
  const get = Object.getOwnPropertyDescriptor(of, name)?.get;
  return uncurried(get as (this: unknown) => R);
};

const inDocument = uncurried(Document.prototype.querySelectorAll) as (on: Document, selector: string) => NodeListOf<Element>;
const inElement = uncurried(Element.prototype.querySelectorAll) as (on: Element, selector: string) => NodeListOf<Element>;
const attribute = uncurried(Element.prototype.getAttribute);
const firstChild = getter<Node | null>(Node.prototype, 'firstChild');
const nextSibling = getter<Node | null>(Node.prototype, 'nextSibling');
const nodeType = getter<number>(Node.prototype, 'nodeType');
const nodeName = getter<string>(Node.prototype, 'nodeName');
const nodeValue = getter<string | null>(Node.prototype, 'nodeValue');
const inputValue = getter<string>(HTMLInputElement.prototype, 'value');
const areaValue = getter<string>(HTMLTextAreaElement.prototype, 'value');
const chosen = getter<HTMLCollectionOf<HTMLOptionElement>>(HTMLSelectElement.prototype, 'selectedOptions');
const connected = getter<boolean>(Node.prototype, 'isConnected');
const parent = getter<Element | null>(Node.prototype, 'parentElement');

const nodesWalked = 20_000;
const apart = new Set(['P', 'DIV', 'BR', 'LI', 'UL', 'OL', 'TR', 'TD', 'TH', 'PRE', 'BLOCKQUOTE', 'H1', 'H2', 'H3', 'H4', 'H5', 'H6', 'SECTION', 'ARTICLE', 'DL', 'DT', 'DD']);
const silent = new Set(['SCRIPT', 'STYLE', 'TEMPLATE', 'NOSCRIPT', 'SELECT']);

export const isConnected = (node: Node): boolean => connected(node);
export const parentOf = (node: Node): Element | null => parent(node);

/** The elements that a selector finds; none when the selector is no selector. */
export function findAll(root: Root, selector: string, most = 1000): Element[] {
  try {
    const found = nodeType(root) === Node.DOCUMENT_NODE ? inDocument(root as Document, selector) : inElement(root as Element, selector);
    const elements: Element[] = [];
    for (let place = 0; place < found.length && place < most; place++) elements.push(found[place] as Element);
    return elements;
  } catch {
    return [];
  }
}

export const find = (root: Root, selector: string): Element | undefined => findAll(root, selector, 1)[0];

/** The words of an element on one line, at most `most` characters; `own`: not those of elements inside it. */
export function words(element: Element, most: number, own = false): string {
  let text = '';
  let left = nodesWalked;
  const walk = (node: Node, depth: number): void => {
    for (let child = firstChild(node); child && left-- > 0 && text.length <= most * 2; child = nextSibling(child)) {
      const type = nodeType(child);
      if (type === Node.TEXT_NODE) text += (nodeValue(child) ?? '').slice(0, most * 2);
      if (type !== Node.ELEMENT_NODE || own || depth > 200) continue;
      const name = nodeName(child);
      if (silent.has(name)) continue;
      const gap = apart.has(name) ? ' ' : '';
      text += gap;
      walk(child, depth + 1);
      text += gap;
    }
  };
  walk(element, 0);
  return oneLine(text, most);
}

/** An attribute, or for `value` what is in an input or chosen in a list now. */
export function attributeOf(element: Element, name: string, most: number): string {
  if (name === 'value') {
    if (element instanceof HTMLInputElement) return oneLine(inputValue(element), most);
    if (element instanceof HTMLTextAreaElement) return oneLine(areaValue(element), most);
    if (element instanceof HTMLSelectElement) {
      const option = chosen(element)[0];
      return option ? words(option, most) : '';
    }
  }
  return oneLine(attribute(element, name) ?? '', most);
}

/** White space, and characters that only steer how text is drawn, become one blank. */
export function oneLine(text: string, most: number): string {
  return text
    .slice(0, most * 4)
    .replace(/[\s\p{Cc}\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/gu, ' ')
    .trim()
    .slice(0, most);
}
