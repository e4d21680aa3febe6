/** The demo's present: it starts at the data's last moment and runs as fast as ours. */
export class Clock {
  private readonly opened = Date.now();

  constructor(private readonly start: number) {}

  now(): number {
    return this.start + (Date.now() - this.opened);
  }
}
