/** Pairs of classes: how often their labels overlap at a threshold, as a list and as a matrix. */
import type { ClassName, ClassPair } from "../../protocol/messages";
import { compareNames } from "./classes";
import type { Restriction } from "./scan";
import type { ClassPairNames } from "./tabs";
import type { Grid } from "../decision/thresholds";

export function classNamesOf({ classes: [a = null, b = null] }: ClassPair): ClassPairNames {
  return [a, b];
}

export function classPairKey(classPair: ClassPair): string {
  return JSON.stringify(classPair.classes);
}

/** The index in the curves of the highest threshold of the grid that is not above this one. */
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

/** The class pairs of the restriction that overlap at the threshold or have a rule, sorted by overlaps, most first. */
export function classPairsAt(classPairs: readonly ClassPair[], index: number, restriction: Restriction): ClassPair[] {
  const chosen = restriction === null ? null : new Set(restriction);
  return classPairs
    .filter((classPair) => overlapsAt(classPair, index) > 0 || hasRule(classPair))
    .filter(({ classes }) => chosen === null || classes.some((name) => chosen.has(name)))
    .sort((a, b) => overlapsAt(b, index) - overlapsAt(a, index) || classPairKey(a).localeCompare(classPairKey(b)));
}

export function hasRule({ may_overlap, iou_thresh }: ClassPair): boolean {
  return may_overlap || iou_thresh !== null;
}

export interface Matrix {
  readonly names: readonly ClassName[];
  /** The class pair of each cell; `undefined` where nothing overlaps. */
  readonly cell: (row: number, column: number) => ClassPair | undefined;
}

/** The classes with the most overlaps at a threshold, and the class pairs among them. */
export function matrixAt(classPairs: readonly ClassPair[], index: number, size: number): Matrix {
  const totals = new Map<ClassName, number>();
  for (const classPair of classPairs) {
    for (const name of new Set(classPair.classes)) totals.set(name, (totals.get(name) ?? 0) + overlapsAt(classPair, index));
  }
  const names = [...totals]
    .filter(([, n]) => n > 0)
    .sort(([a, m], [b, n]) => n - m || compareNames(a, b))
    .slice(0, size)
    .map(([name]) => name);
  const place = new Map(names.map((name, k) => [name, k]));
  const cells = new Map<number, ClassPair>();
  for (const classPair of classPairs) {
    const [i, j] = classNamesOf(classPair).map((name) => place.get(name));
    if (i === undefined || j === undefined || overlapsAt(classPair, index) === 0) continue;
    cells.set(i * size + j, classPair);
    cells.set(j * size + i, classPair);
  }
  return { names, cell: (row, column) => cells.get(row * size + column) };
}

/** Few steps, on each of which white or black text can be read. */
const SHADES = [0.16, 0.32, 0.48, 0.64, 0.9] as const;

/** Returns the strength of the color of a cell, from 0 to 1, on a logarithmic scale. */
export function shade(count: number, most: number): number {
  if (count === 0) return 0;
  const part = Math.log1p(count) / Math.log1p(Math.max(most, 1));
  return SHADES[Math.min(Math.ceil(part * SHADES.length), SHADES.length) - 1] ?? 0;
}
