/** In place of `lit/decorators.js` in the content script, where no element can be registered. */
interface Updating {
  requestUpdate(name: PropertyKey, old: unknown): void;
}

export const customElement = () => (): void => undefined;

/** A property whose change draws again. */
export const property = () => (prototype: object, name: string): void => {
  const values = new WeakMap<object, unknown>();
  Object.defineProperty(prototype, name, {
    get(this: object) {
      return values.get(this);
    },
    set(this: object & Updating, value: unknown) {
      const old = values.get(this);
      if (Object.is(old, value)) return;
      values.set(this, value);
      this.requestUpdate(name, old);
    },
  });
};

export const state = property;
