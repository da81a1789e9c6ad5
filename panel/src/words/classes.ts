/** Class names as the user reads them. */
import type { ClassName } from "../protocol/messages";
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

/** "labels by their largest IoU", "labels of person by their largest IoU" */
export function barsText(measure: string, restriction: readonly ClassName[] | null): string {
  return `labels${restriction === null ? "" : ` of ${classesLabel(restriction)}`} by their largest ${measure}`;
}
