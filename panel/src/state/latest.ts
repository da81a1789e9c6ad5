/** Request numbers by channel, so that an answer to an outdated request can be recognized and dropped. */
export class Latest {
  private last = 0;
  private readonly newest = new Map<string, number>();

  /** Returns the id of a new request on the channel; older requests are late from now on. */
  next(channel: string): number {
    this.last += 1;
    this.newest.set(channel, this.last);
    return this.last;
  }

  isLate(channel: string, id: number): boolean {
    return this.newest.get(channel) !== id;
  }
}
