/** Pairs of classes: how often their labels overlap at a threshold, as a list and as a matrix. */
import type { ClassName, ClassPair } from "../protocol/messages";
import { classLabel } from "./classes";
import type { PairOfClasses } from "./tabs";
import type { Restriction } from "./scan";
import type { Grid } from "./thresholds";

export function pairOf({ classes: [a = null, b = null] }: ClassPair): PairOfClasses {
  return [a, b];
}

export function pairKey(pair: ClassPair): string {
  return JSON.stringify(pair.classes);
}

/** "car and truck", "two person" */
export function pairLabel([a, b]: PairOfClasses): string {
  return a === b ? `two ${classLabel(a)}` : `${classLabel(a)} and ${classLabel(b)}`;
}

/** The place in the curves of the highest threshold of the grid that is not above this one. */
export function indexAt(grid: Grid, threshold: number): number {
  const exact = grid.get(threshold);
  if (exact !== undefined) return exact;
  let found = 0;
  for (const [value, index] of grid) if (value <= threshold && index > found) found = index;
  return found;
}

export function overlapsAt({ counts }: ClassPair, index: number): number {
  return counts[index] ?? 0;
}

/** The pairs with overlaps at the threshold, or with a rule; most overlaps first, those of a restriction alone. */
export function pairsAt(pairs: readonly ClassPair[], index: number, restriction: Restriction): ClassPair[] {
  const chosen = restriction === null ? null : new Set(restriction);
  return pairs
    .filter((pair) => overlapsAt(pair, index) > 0 || hasRule(pair))
    .filter(({ classes }) => chosen === null || classes.some((name) => chosen.has(name)))
    .sort((a, b) => overlapsAt(b, index) - overlapsAt(a, index) || pairKey(a).localeCompare(pairKey(b)));
}

export function hasRule({ may_overlap, iou_thresh }: ClassPair): boolean {
  return may_overlap || iou_thresh !== null;
}

/** "may overlap", "above 0.60 only"; empty where the threshold of the rest holds. */
export function ruleLabel({ may_overlap, iou_thresh }: ClassPair): string {
  if (may_overlap) return "may overlap";
  return iou_thresh === null ? "" : `above ${iou_thresh}`;
}

export interface Matrix {
  readonly names: readonly ClassName[];
  /** The pair of each cell; `undefined` where nothing overlaps. */
  readonly cell: (row: number, column: number) => ClassPair | undefined;
}

/** The classes that overlap most at a threshold, and the pairs among them. */
export function matrixAt(pairs: readonly ClassPair[], index: number, size: number): Matrix {
  const totals = new Map<ClassName, number>();
  for (const pair of pairs) {
    for (const name of new Set(pair.classes)) totals.set(name, (totals.get(name) ?? 0) + overlapsAt(pair, index));
  }
  const names = [...totals]
    .filter(([, n]) => n > 0)
    .sort(([a, m], [b, n]) => n - m || classLabel(a).localeCompare(classLabel(b)))
    .slice(0, size)
    .map(([name]) => name);
  const place = new Map(names.map((name, k) => [name, k]));
  const cells = new Map<number, ClassPair>();
  for (const pair of pairs) {
    const [i, j] = pairOf(pair).map((name) => place.get(name));
    if (i === undefined || j === undefined || overlapsAt(pair, index) === 0) continue;
    cells.set(i * size + j, pair);
    cells.set(j * size + i, pair);
  }
  return { names, cell: (row, column) => cells.get(row * size + column) };
}

/** Few steps, on each of which white or black can be read. */
const SHADES = [0.16, 0.32, 0.48, 0.64, 0.9] as const;

/** How strongly a cell is colored, from 0 to 1: a hundred is not a hundred times as strong as one. */
export function shade(count: number, most: number): number {
  if (count === 0) return 0;
  const part = Math.log1p(count) / Math.log1p(Math.max(most, 1));
  return SHADES[Math.min(Math.ceil(part * SHADES.length), SHADES.length) - 1] ?? 0;
}

/** The share of overlaps that is of one object, as people read it. */
export function shareText(share: number): string {
  const value = 100 * share;
  return `${value < 1 ? value.toFixed(1) : Math.round(value)} % one object`;
}
