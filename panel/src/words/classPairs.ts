/** Pairs of classes and their rules, in words. */
import type { ClassPair } from "../protocol/messages";
import type { ClassPairNames } from "../state/tabs";
import { classLabel } from "./classes";

/** "car and truck", "person and person", which holds for any class name */
export function classPairLabel([a, b]: ClassPairNames): string {
  return `${classLabel(a)} and ${classLabel(b)}`;
}

/** "may overlap", "above 0.6"; empty for a class pair without a rule. */
export function ruleLabel({ may_overlap, iou_thresh }: ClassPair): string {
  if (may_overlap) return "may overlap";
  return iou_thresh === null ? "" : `above ${iou_thresh}`;
}

/** "38 % one object": the share of overlaps that are two labels of one object. */
export function shareText(share: number): string {
  const value = 100 * share;
  return `${value < 1 ? value.toFixed(1) : Math.round(value)} % one object`;
}
