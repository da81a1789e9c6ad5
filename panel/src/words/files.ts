/** The names of exported tables and files. */
import type { PlanRef, TableName } from "../protocol/messages";

/** The exports of the panel. */
export type ExportKind = "svg" | "png" | "html" | `${TableName}-${"csv" | "json"}`;

/** The tables by name, as a message and the menu call them, in the order of the menu. The history exports the journal. */
export const TABLES: Readonly<Record<TableName, { readonly exported: string; readonly label?: string }>> = {
  plan: { exported: "the plan", label: "Labels to remove" },
  pairs: { exported: "all overlapping pairs", label: "All overlapping pairs" },
  class_pairs: { exported: "the class pairs", label: "Class pairs" },
  review: { exported: "the verdicts", label: "Verdicts of the review" },
  journal: { exported: "the journal" },
};

export const EXPORTS: readonly { readonly kind: ExportKind; readonly label: string }[] = [
  { kind: "svg", label: "Histogram as SVG" },
  { kind: "png", label: "Histogram as PNG" },
  ...(Object.keys(TABLES) as TableName[]).flatMap((name) => {
    const { label } = TABLES[name];
    return label === undefined ? [] : [{ kind: `${name}-csv` as const, label: `${label} as CSV` }, { kind: `${name}-json` as const, label: `${label} as JSON` }];
  }),
  { kind: "html", label: "Report as an HTML file" },
];

/** "duplicates-dups_1-0.75.svg" */
export function fileName(plan: PlanRef, suffix: string): string {
  return `duplicates-${plan.scan_key}-${plan.iou_thresh}.${suffix}`;
}

/** "duplicates-dups_1-pairs.csv". The name for the plan has its threshold; that for the journal has no scan. */
export function tableName(what: TableName, plan: PlanRef | null, format: "csv" | "json"): string {
  if (plan === null || what === "journal" || what === "review") return `duplicates-${what}.${format}`;
  return what === "plan" ? fileName(plan, format) : `duplicates-${plan.scan_key}-${what}.${format}`;
}
