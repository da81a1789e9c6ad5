/** The plan as files: a CSV for a table, a JSON for a program. */
import type { PlanRef, PlanRow } from "../types";
import { reasonText } from "./reasons";

const COLUMNS = ["sample_id", "filepath", "label_id", "label", "iou", "kept_label_id", "kept_label", "reason"] as const;

/** RFC 4180: CRLF, quotes doubled, every field that needs quotes has them. */
export function planCsv(rows: readonly PlanRow[]): string {
  const lines = rows.map(inWords).map((row) => COLUMNS.map((column) => csvField(row[column])).join(","));
  return [COLUMNS.join(","), ...lines, ""].join("\r\n");
}

function inWords(row: PlanRow) {
  return { ...row, reason: reasonText(row.reason) };
}

function csvField(value: string | number | null): string {
  const text = value === null ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function planJson(plan: PlanRef, rows: readonly PlanRow[]): string {
  return `${JSON.stringify({ ...plan, count: rows.length, remove: rows.map(inWords) }, null, 2)}\n`;
}

/** "duplicates-dups_1-0.75.csv" */
export function fileName(plan: PlanRef, suffix: string): string {
  return `duplicates-${plan.scan_key}-${plan.iou_thresh}.${suffix}`;
}
