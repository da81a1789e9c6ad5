/** Class names, and pairs of classes with their rules, as the user reads them. */
import type { ClassName, ClassPair } from "../protocol/messages";
import type { ClassPairNames } from "../state/scan/tabs";
import { grouped } from "./format";

export function classLabel(name: ClassName): string {
  return name === null ? "(no class)" : name === "" ? "(empty name)" : name;
}

/** "person", "person and truck", "3 classes" */
export function classesLabel(names: readonly ClassName[]): string {
  return names.length <= 2 ? names.map(classLabel).join(" and ") : `${grouped(names.length)} classes`;
}

/** The classes whose label contains the typed text, ignoring case. */
export function matching(names: readonly ClassName[], typed: string): readonly ClassName[] {
  const wanted = typed.trim().toLowerCase();
  return wanted === "" ? names : names.filter((name) => classLabel(name).toLowerCase().includes(wanted));
}

/** "Largest IoU of each label", "Largest IoU of each label of person" */
export function barsTitle(measure: string, restriction: readonly ClassName[] | null): string {
  return `Largest ${measure} of each label${restriction === null ? "" : ` of ${classesLabel(restriction)}`}`;
}

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
