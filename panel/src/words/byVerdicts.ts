/** The effect of verdicts on a plan, in words. */
import type { AnswerOf } from "../protocol/messages";
import { counted, grouped } from "./format";

type Counts = Pick<AnswerOf<"preview_delete">, "by_verdicts" | "merged" | "consented" | "not_merged">;

/** "31 by your verdicts: 2 are merged into the kept label, and 1 object is removed completely." Empty without verdicts. */
export function verdictsText({ by_verdicts: labels, merged, consented, not_merged }: Counts): string {
  const complete = consented === 0 ? "" : `${counted(consented, "object")} ${consented === 1 ? "is" : "are"} removed completely`;
  // a deletion by tag does not depend on verdicts
  if (labels === 0) return [complete === "" ? "" : `${complete}, as your verdicts say.`, notMergedText(not_merged)].filter((part) => part !== "").join(" ");
  const parts = [merged === 0 ? "" : `${grouped(merged)} ${merged === 1 ? "is" : "are"} merged into the kept label`, complete].filter((part) => part !== "");
  return `${byVerdictsText(labels)}${parts.length === 0 ? "" : `: ${parts.join(", and ")}`}.`;
}

function notMergedText(labels: number): string {
  if (labels === 0) return "";
  const what = labels === 1 ? "1 label has the verdict “merge”, but is" : `${grouped(labels)} labels have the verdict “merge”, but are`;
  return `${what} only removed: a deletion by tag merges nothing. Apply in Review does.`;
}

/** "31 by your verdicts" */
export function byVerdictsText(labels: number): string {
  return `${grouped(labels)} by your verdicts`;
}

/** ", 2 of them merged into the kept label" after a deletion; empty for none. */
export function mergedText(merged: number): string {
  return merged === 0 ? "" : `, ${grouped(merged)} of them merged into the kept label`;
}
