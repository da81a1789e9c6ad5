/** The list of classes: rows, their order, and which of them a window of the list shows. */
import type { ClassName } from "../protocol/messages";
import type { Scan } from "./scan";

export type SortKey = "going" | "share" | "name";

export interface Sort {
  readonly by: SortKey;
  readonly descending: boolean;
}

export const FIRST_SORT: Sort = { by: "going", descending: true };

/** A click on the column that already sorts turns the order round; names start at A, numbers at the largest. */
export function nextSort(sort: Sort, by: SortKey): Sort {
  return sort.by === by ? { by, descending: !sort.descending } : { by, descending: by !== "name" };
}

/**
 * The class names in order. Ties keep the order of the total number of labels, then of the name.
 *
 * Sorting takes the counts at the threshold last let go, so that no row moves under the pointer while it drags.
 */
export function sortedClasses(scan: Scan, counts: ReadonlyMap<ClassName, number>, sort: Sort): ClassName[] {
  const sign = sort.descending ? -1 : 1;
  const going = (name: ClassName) => counts.get(name) ?? 0;
  const labels = (name: ClassName) => scan.byName.get(name)?.labels ?? 0;
  const share = (name: ClassName) => (labels(name) === 0 ? 0 : going(name) / labels(name));
  const byName = (a: ClassName, b: ClassName) => classLabel(a).localeCompare(classLabel(b));
  const primary = {
    going: (a: ClassName, b: ClassName) => sign * (going(a) - going(b)),
    share: (a: ClassName, b: ClassName) => sign * (share(a) - share(b)),
    name: (a: ClassName, b: ClassName) => sign * byName(a, b),
  }[sort.by];
  return scan.summary.classes
    .map((entry) => entry.name)
    .sort((a, b) => primary(a, b) || labels(b) - labels(a) || byName(a, b));
}

/** The rows whose names hold what was typed; letter case does not count. */
export function matching(names: readonly ClassName[], typed: string): readonly ClassName[] {
  const wanted = typed.trim().toLowerCase();
  return wanted === "" ? names : names.filter((name) => classLabel(name).toLowerCase().includes(wanted));
}

export interface Window {
  readonly first: number;
  readonly end: number;
}

/** The rows that a scrolled box shows, with a margin of a few rows on both sides. */
export function windowOf(scrollTop: number, height: number, rowHeight: number, rows: number): Window {
  const margin = 4;
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - margin);
  return { first, end: Math.min(rows, Math.ceil((scrollTop + height) / rowHeight) + margin) };
}

export function classLabel(name: ClassName): string {
  return name === null ? "(no class)" : name === "" ? "(empty name)" : name;
}
