/** The least time between two messages. */
const restMs = 20_000;
/** How long a message stands before the region is emptied, so that the same words can be heard again. */
const standsMs = 5_000;

/**
 * The words of a live region that does not chatter: the first message is said at once, then at most one in twenty
 * seconds, and of those that came meanwhile only the last.
 */
export class Whisper {
  words = '';
  private waiting: string | undefined;
  private rest: ReturnType<typeof setTimeout> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly changed: () => void) {}

  say(words: string): void {
    if (this.rest !== undefined) {
      this.waiting = words;
      return;
    }
    this.words = words;
    this.changed();
    clearTimeout(this.silence);
    this.silence = setTimeout(() => {
      this.words = '';
      this.changed();
    }, standsMs);
    this.rest = setTimeout(() => {
      this.rest = undefined;
      const next = this.waiting;
      this.waiting = undefined;
      if (next !== undefined) this.say(next);
    }, restMs);
  }

  end(): void {
    clearTimeout(this.rest);
    clearTimeout(this.silence);
    this.rest = this.silence = this.waiting = undefined;
  }
}
