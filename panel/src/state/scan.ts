/** A stored scan made ready for look-ups: every number at a threshold costs one array access. */
import type { ClassCount, ClassName, Curve, Method, Summary } from "../types";
import { type Grid, gridOf } from "./thresholds";

type ClassSummary = Summary["classes"][number];

export interface Scan {
  readonly summary: Summary;
  readonly grid: Grid;
  readonly byName: ReadonlyMap<ClassName, ClassSummary>;
}

/** The classes that the numbers are about; `null` for all. Never empty. */
export type Restriction = readonly ClassName[] | null;

export interface Numbers {
  readonly labels: number;
  /** `null` when the browser cannot know it: images of several classes overlap. */
  readonly images: number | null;
}

export function prepare(summary: Summary): Scan {
  return {
    summary,
    grid: gridOf(summary.thresholds),
    byName: new Map(summary.classes.map((entry) => [entry.name, entry])),
  };
}

/** The curve of one class; `null` when no label of it would go at any threshold. */
export function curveOfClass(scan: Scan, name: ClassName, method: Method): Curve | null {
  return scan.byName.get(name)?.[method] ?? null;
}

/** How many labels, in how many images, would go; `null` when the threshold is not on the grid. */
export function numbersAt(scan: Scan, method: Method, threshold: number, restriction: Restriction): Numbers | null {
  const index = scan.grid.get(threshold);
  if (index === undefined) return null;
  if (restriction === null) return at(scan.summary.curves[method], index);
  if (restriction.length === 1) return at(curveOfClass(scan, restriction[0] ?? null, method), index);
  let labels = 0;
  for (const name of restriction) labels += curveOfClass(scan, name, method)?.labels[index] ?? 0;
  return { labels, images: labels === 0 ? 0 : null };
}

function at(curve: Curve | null, index: number): Numbers {
  return { labels: curve?.labels[index] ?? 0, images: curve?.images[index] ?? 0 };
}

/** Labels of the restriction that would go at each threshold of the grid. */
export function labelsCurve(scan: Scan, method: Method, restriction: Restriction): number[] {
  if (restriction === null) return scan.summary.curves[method].labels;
  const sum = scan.summary.thresholds.map(() => 0);
  for (const name of restriction) {
    curveOfClass(scan, name, method)?.labels.forEach((count, i) => {
      sum[i] = (sum[i] ?? 0) + count;
    });
  }
  return sum;
}

/** How many labels there are in the restriction, going or not. */
export function labelsIn(scan: Scan, restriction: Restriction): number {
  if (restriction === null) return scan.summary.labels;
  return restriction.reduce((sum, name) => sum + (scan.byName.get(name)?.labels ?? 0), 0);
}

/** Adds a class to the restriction or takes it out; taking out the last one lifts the restriction. */
export function toggled(restriction: Restriction, name: ClassName): Restriction {
  if (restriction === null) return [name];
  const rest = restriction.filter((other) => other !== name);
  if (rest.length === restriction.length) return [...restriction, name];
  return rest.length === 0 ? null : rest;
}

/** Leaves out classes that the scan does not have. */
export function restrictedTo(scan: Scan, restriction: Restriction): Restriction {
  const known = restriction?.filter((name) => scan.byName.has(name)) ?? [];
  return known.length === 0 ? null : known;
}

/** The largest overlap there is: the upper edge of the last bin that holds a label; `null` when nothing overlaps. */
export function largestOverlap(scan: Scan): number | null {
  const { edges, counts, zero } = scan.summary.histogram;
  for (let bin = counts.length - 1; bin >= 0; bin--) {
    const overlapping = (counts[bin] ?? 0) - (bin === 0 ? zero : 0);
    if (overlapping > 0) return edges[bin + 1] ?? null;
  }
  return null;
}

/** How many labels of each class would go at a threshold of the grid; 0 for a class without duplicates. */
export function countByClass(scan: Scan, method: Method, threshold: number): ReadonlyMap<ClassName, number> | null {
  const index = scan.grid.get(threshold);
  if (index === undefined) return null;
  return new Map(scan.summary.classes.map((entry) => [entry.name, entry[method]?.labels[index] ?? 0]));
}

export function countsFrom(classes: readonly ClassCount[]): ReadonlyMap<ClassName, number> {
  return new Map(classes.map((entry) => [entry.name, entry.labels]));
}
