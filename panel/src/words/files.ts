/** The names of files that a person can take away. */
import type { PlanRef, TableName } from "../protocol/messages";

/** "duplicates-dups_1-0.75.svg" */
export function fileName(plan: PlanRef, suffix: string): string {
  return `duplicates-${plan.scan_key}-${plan.iou_thresh}.${suffix}`;
}

/** "duplicates-dups_1-pairs.csv"; the plan's names its threshold, the journal's no scan. */
export function tableName(what: TableName, plan: PlanRef | null, format: "csv" | "json"): string {
  if (plan === null || what === "journal") return `duplicates-${what}.${format}`;
  return what === "plan" ? fileName(plan, format) : `duplicates-${plan.scan_key}-${what}.${format}`;
}
