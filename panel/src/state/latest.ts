/** Numbers requests, so that an answer that comes after a newer question of its channel can be told and dropped. */
export class Latest {
  private last = 0;
  private readonly newest = new Map<string, number>();

  /** The id of a new request on the channel; older ones are late from here on. */
  next(channel: string): number {
    this.last += 1;
    this.newest.set(channel, this.last);
    return this.last;
  }

  isLate(channel: string, id: number): boolean {
    return this.newest.get(channel) !== id;
  }
}
