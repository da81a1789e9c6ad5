/** The names of exported tables and files. */
import type { PlanRef, TableName } from "../protocol/messages";

/** The exports of the panel. */
export type ExportKind = "svg" | "png" | "html" | `${"plan" | "pairs" | "class_pairs" | "review"}-${"csv" | "json"}`;

export const TABLE_NAMES: Readonly<Record<TableName, string>> = { plan: "the plan", pairs: "all overlapping pairs", class_pairs: "the class pairs", journal: "the journal", review: "the verdicts" };

/** "duplicates-dups_1-0.75.svg" */
export function fileName(plan: PlanRef, suffix: string): string {
  return `duplicates-${plan.scan_key}-${plan.iou_thresh}.${suffix}`;
}

/** "duplicates-dups_1-pairs.csv". The name for the plan has its threshold; that for the journal has no scan. */
export function tableName(what: TableName, plan: PlanRef | null, format: "csv" | "json"): string {
  if (plan === null || what === "journal" || what === "review") return `duplicates-${what}.${format}`;
  return what === "plan" ? fileName(plan, format) : `duplicates-${plan.scan_key}-${what}.${format}`;
}
