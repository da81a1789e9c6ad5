/** A stored scan, prepared so that each number at a threshold is one array access. */
import type { ClassCount, ClassName, Curve, DecidedCounts, ScanEntry, Summary } from "../../protocol/messages";
import { type Decision, isStored } from "../decision/decision";
import { type Grid, gridOf } from "../decision/thresholds";

type ClassSummary = Summary["classes"][number];

/** The number of labels that a decision removes at each threshold: in total, and for each class that loses a label. */
export interface Counts {
  readonly all: Curve;
  readonly byClass: ReadonlyMap<ClassName, Curve>;
}

export interface Scan {
  readonly summary: Summary;
  readonly grid: Grid;
  readonly byName: ReadonlyMap<ClassName, ClassSummary>;
  /** The counts stored with the scan: those of FiftyOne's own methods; `null` if they were never needed. */
  readonly stored: { readonly simple: Counts; readonly greedy: Counts | null };
}

/** The classes to which the numbers are restricted; `null` for all. Never empty. */
export type Restriction = readonly ClassName[] | null;

export interface Numbers {
  readonly labels: number;
  /** `null` if the browser cannot know it, as several classes can share an image. */
  readonly images: number | null;
}

export function prepare(summary: Summary): Scan {
  return {
    summary,
    grid: gridOf(summary.thresholds),
    byName: new Map(summary.classes.map((entry) => [entry.name, entry])),
    stored: { simple: storedCounts(summary, "simple", summary.curves.simple), greedy: summary.curves.greedy && storedCounts(summary, "greedy", summary.curves.greedy) },
  };
}

function storedCounts(summary: Summary, method: "simple" | "greedy", all: Curve): Counts {
  const byClass = new Map<ClassName, Curve>();
  for (const entry of summary.classes) {
    const curve = entry[method];
    if (curve) byClass.set(entry.name, curve);
  }
  return { all, byClass };
}

export function countsFromAnswer({ labels, images, classes }: DecidedCounts): Counts {
  return { all: { labels, images }, byClass: new Map(classes.map((entry) => [entry.name, entry])) };
}

/** The stored counts of a decision; `null` if the server has to count. */
export function storedCountsOf(scan: Scan, decision: Decision): Counts | null {
  if (!isStored(decision, scan.summary.params)) return null;
  return decision.method === "greedy" ? scan.stored.greedy : scan.stored.simple;
}

/** The number of labels that would be removed, and of their images; `null` if the threshold is not on the grid. */
export function numbersAt(scan: Scan, counts: Counts, threshold: number, restriction: Restriction): Numbers | null {
  const index = scan.grid.get(threshold);
  if (index === undefined) return null;
  if (restriction === null) return at(counts.all, index);
  if (restriction.length === 1) return at(counts.byClass.get(restriction[0] ?? null), index);
  let labels = 0;
  for (const name of restriction) labels += counts.byClass.get(name)?.labels[index] ?? 0;
  return { labels, images: labels === 0 ? 0 : null };
}

function at(curve: Curve | undefined, index: number): Numbers {
  return { labels: curve?.labels[index] ?? 0, images: curve?.images[index] ?? 0 };
}

/** The number of labels of the restriction that would be removed at each threshold of the grid. */
export function labelsCurve(scan: Scan, counts: Counts, restriction: Restriction): number[] {
  if (restriction === null) return counts.all.labels;
  const sum = scan.summary.thresholds.map(() => 0);
  for (const name of restriction) {
    counts.byClass.get(name)?.labels.forEach((count, i) => {
      sum[i] = (sum[i] ?? 0) + count;
    });
  }
  return sum;
}

/** The number of labels in the restriction, removed or kept. */
export function labelsIn(scan: Scan, restriction: Restriction): number {
  if (restriction === null) return scan.summary.labels;
  return restriction.reduce((sum, name) => sum + (scan.byName.get(name)?.labels ?? 0), 0);
}

/** Adds a class to the restriction, or removes it; without the last one there is no restriction. */
export function toggled(restriction: Restriction, name: ClassName): Restriction {
  if (restriction === null) return [name];
  const rest = restriction.filter((other) => other !== name);
  if (rest.length === restriction.length) return [...restriction, name];
  return rest.length === 0 ? null : rest;
}

/** The restriction without the classes that the scan does not have. */
export function restrictedTo(scan: Scan, restriction: Restriction): Restriction {
  const known = restriction?.filter((name) => scan.byName.has(name)) ?? [];
  return known.length === 0 ? null : known;
}

/** The upper edge of the last bin with a label; `null` if nothing overlaps. */
export function largestOverlap(scan: Scan): number | null {
  const { edges, counts, zero } = scan.summary.histogram;
  for (let bin = counts.length - 1; bin >= 0; bin--) {
    const overlapping = (counts[bin] ?? 0) - (bin === 0 ? zero : 0);
    if (overlapping > 0) return edges[bin + 1] ?? null;
  }
  return null;
}

/** The number of labels of each class that would be removed; `null` if the threshold is not on the grid. */
export function countByClass(scan: Scan, counts: Counts, threshold: number): ReadonlyMap<ClassName, number> | null {
  const index = scan.grid.get(threshold);
  if (index === undefined) return null;
  return new Map(scan.summary.classes.map(({ name }) => [name, counts.byClass.get(name)?.labels[index] ?? 0]));
}

export function countsFrom(classes: readonly ClassCount[]): ReadonlyMap<ClassName, number> {
  return new Map(classes.map((entry) => [entry.name, entry.labels]));
}

/** Returns the newest scan if it was stored elsewhere since the panel was opened; it is offered, not opened. */
export function newerOf(scans: readonly ScanEntry[], known: readonly ScanEntry[], newer: string | null, openKey: string | null): string | null {
  const newest = scans[0]?.scan_key ?? null;
  if (newest !== null && newest !== openKey && !known.some(({ scan_key }) => scan_key === newest)) return newest;
  return scans.some(({ scan_key }) => scan_key === newer) ? newer : null;
}
