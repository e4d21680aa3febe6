// What runs on every page of a granted helpdesk while it loads: next to nothing. A page first loads by itself; then the
// background is asked to put the content script in.
import { ask } from '../messages.ts';

/** A page that takes long over its last pictures is not waited for. */
const longestMs = 1_000;

if (self === top) {
  if (document.readyState === 'complete') begin();
  else {
    addEventListener('load', () => setTimeout(begin, 0), { once: true });
    document.addEventListener('DOMContentLoaded', () => setTimeout(begin, longestMs), { once: true });
  }
}

/** Twice asked is once put in: the content script sees that it is there. */
function begin(): void {
  ask('begin', {}).catch(() => undefined);
}
