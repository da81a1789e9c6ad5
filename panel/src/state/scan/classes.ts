/** The list of classes: their order, and which rows a scrolled list shows. */
import type { ClassName } from "../../protocol/messages";
import type { Scan } from "./scan";

export type SortKey = "removed" | "share" | "name";

export interface Sort {
  readonly by: SortKey;
  readonly descending: boolean;
}

export const FIRST_SORT: Sort = { by: "removed", descending: true };

/** A click on the sorted column reverses the order; otherwise names start at A and numbers at the largest. */
export function nextSort(sort: Sort, by: SortKey): Sort {
  return sort.by === by ? { by, descending: !sort.descending } : { by, descending: by !== "name" };
}

/** The alphabetical order; the empty name comes first, then labels without a class. */
export function compareNames(a: ClassName, b: ClassName): number {
  return (a ?? "").localeCompare(b ?? "") || Number(a === null) - Number(b === null);
}

/**
 * The class names in order. Ties are sorted by the total number of labels, then by name.
 *
 * `counts` are those at the settled threshold, so that no row moves while the slider is dragged.
 */
export function sortedClasses(scan: Scan, counts: ReadonlyMap<ClassName, number>, sort: Sort): ClassName[] {
  const sign = sort.descending ? -1 : 1;
  const removed = (name: ClassName) => counts.get(name) ?? 0;
  const labels = (name: ClassName) => scan.byName.get(name)?.labels ?? 0;
  const share = (name: ClassName) => (labels(name) === 0 ? 0 : removed(name) / labels(name));
  const primary = {
    removed: (a: ClassName, b: ClassName) => sign * (removed(a) - removed(b)),
    share: (a: ClassName, b: ClassName) => sign * (share(a) - share(b)),
    name: (a: ClassName, b: ClassName) => sign * compareNames(a, b),
  }[sort.by];
  return scan.summary.classes
    .map((entry) => entry.name)
    .sort((a, b) => primary(a, b) || labels(b) - labels(a) || compareNames(a, b));
}

export interface Window {
  readonly first: number;
  readonly end: number;
}

/** The rows that a scrolled box shows, plus a margin of a few rows on both sides. */
export function windowOf(scrollTop: number, height: number, rowHeight: number, rows: number): Window {
  const margin = 4;
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - margin);
  return { first, end: Math.min(rows, Math.ceil((scrollTop + height) / rowHeight) + margin) };
}
