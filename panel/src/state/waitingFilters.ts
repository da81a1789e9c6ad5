type Filters = Record<string, unknown>;
type View = readonly unknown[];

/** A view that has not come in this time never comes: its filters must not filter a later one. */
const PATIENCE_MS = 60_000;

/** The stages of a view as text, without their ids, which the server makes anew. */
function textOf(view: View): string {
  return JSON.stringify(view, (name, value: unknown) => (name === "_uuid" ? undefined : value));
}

interface Waiting {
  readonly filters: Filters;
  /** The view that the App showed last. */
  readonly left: string;
  readonly until: number;
  /** Whether the filters were set on a view, which may have been another one than their own. */
  readonly isSet: boolean;
}

/** Filters of the sidebar that wait for a view. When the App shows another view, it empties the filters in the same moment. */
export class WaitingFilters {
  private waiting: Waiting | null = null;
  /** The view that the filters belong to; `null` if it is not known. */
  private own: string | null = null;

  /**
   * Keeps filters until the App shows their view. Those that waited before are dropped.
   *
   * @param own - the view of the filters, as the App sent it; `null` if it is not known
   * @param shown - the view that the App shows. It is still their own if the view that replaces it has not come yet
   */
  wait(filters: Filters, own: View | null, shown: View, now: number): void {
    this.own = own === null ? null : textOf(own);
    this.waiting = Object.keys(filters).length === 0 ? null : { filters, left: textOf(shown), until: now + PATIENCE_MS, isSet: false };
  }

  /** Returns the filters that waited for the view that is shown; `null` while none is to be set. */
  take(shown: View, now: number): Filters | null {
    const { waiting, own } = this;
    if (waiting === null) return null;
    this.waiting = null;
    if (now >= waiting.until) return null;
    const text = textOf(shown);
    const wasOwn = waiting.left === own;
    if (text === own) {
      // the view that replaced it, and empties the filters, may come late, and their own once more after it
      this.waiting = { ...waiting, left: text, isSet: true };
      return wasOwn && waiting.isSet ? null : waiting.filters;
    }
    if (text === waiting.left || wasOwn) {
      // after their own view, the one that replaced it comes first
      this.waiting = { ...waiting, left: text };
      return null;
    }
    // the server may write their view in another way
    if (waiting.isSet) return null;
    this.waiting = own === null ? null : { ...waiting, left: text, isSet: true };
    return waiting.filters;
  }
}
