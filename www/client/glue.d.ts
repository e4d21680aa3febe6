/**
 * The wasm-bindgen module as a factory. The build wraps `pkg/bellwether.js` so that every call evaluates it
 * afresh: the generated module keeps its instance in a module variable, and a trapped instance must never be used again.
 */
declare module 'bellwether:glue' {
  import type { Glue } from './surface.ts';
  const createGlue: () => Glue;
  export default createGlue;
}
