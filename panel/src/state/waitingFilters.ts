type Filters = Record<string, unknown>;

/** A view that has not come in this time never comes: its filters must not filter a later one. */
const PATIENCE_MS = 60_000;

/** Filters of the sidebar that wait for a view. When the App shows another view, it empties the filters in the same moment. */
export class WaitingFilters {
  private waiting: { readonly filters: Filters; readonly left: string; readonly until: number } | null = null;

  /** Keeps filters until the App shows another view than this one. Those that waited before are dropped. */
  wait(filters: Filters, shown: readonly unknown[], now: number): void {
    this.waiting = Object.keys(filters).length === 0 ? null : { filters, left: JSON.stringify(shown), until: now + PATIENCE_MS };
  }

  /** Returns, once, the filters that waited for the view that is shown; `null` while none is to be set. */
  take(shown: readonly unknown[], now: number): Filters | null {
    const { waiting } = this;
    if (waiting === null || JSON.stringify(shown) === waiting.left) return null;
    this.waiting = null;
    return now < waiting.until ? waiting.filters : null;
  }
}
