/** Method, keep rules and metric, in words. */
import type { KeepRule, Method, Metric, Summary } from "../protocol/messages";
import type { Decision } from "../state/decision/decision";
import { parseRule } from "../state/decision/keepRules";
import { capitalized, uncapitalized } from "./format";

export const METHOD_NOTES: Readonly<Record<Method, string>> = {
  simple: "Of two labels that overlap too much, the less preferred one is removed.",
  greedy: "The label with the most overlaps is removed first, until none overlap too much. This often removes fewer labels.",
  nms: "Starting with the most preferred label, every label that overlaps a kept one is removed, and no other.",
  fewest: "As few labels as possible are removed.",
};

export const METRIC_NOTES = {
  iou: "Intersection over union: how similar two labels are.",
  ios: "Intersection over the smaller: finds boxes inside boxes. It is noisy; use it for review and tagging.",
  likelihood: "The likelihood that two labels are one object, estimated from all overlaps of this scan. Above 0.95, they are more than 95 % likely to be one object.",
  oks: "Object keypoint similarity: how close the points of two labels are.",
} as const;

/** The measure that is compared with the threshold: keypoints have one similarity. */
export function measureOf({ measure }: Pick<Summary, "measure">, metric: Metric): string {
  if (metric === "likelihood") return metric;
  if (measure === "OKS") return measure;
  return metric === "iou" ? "IoU" : "IoS";
}

/** The two fields of a scan, by name. */
export type FieldNames = Pick<Summary["params"], "label_field" | "other_field">;

/** The sentence below the three fields. */
export function decisionText({ method, metric, keep }: Pick<Decision, "method" | "metric" | "keep">, { label_field, other_field }: FieldNames, known: readonly KeepRule[]): string {
  const removed =
    other_field === null ? `${METHOD_NOTES[method]} ${preferredText(method, keep, known)}` : `A label of ${label_field} is removed if it overlaps a label of ${other_field} too much.`;
  if (metric === "iou") return removed;
  if (metric === "likelihood") return `${removed} Two labels overlap too much if their likelihood to be one object is above the threshold.`;
  return `${removed} IoS is noisy (a person in a car also lies inside it); use it for review and tagging.`;
}

/** The preferred label of a pair, by the keep rules or by FiftyOne's order. */
function preferredText(method: Method, keep: readonly string[], known: readonly KeepRule[]): string {
  if (keep.length > 0) return `Preferred: ${uncapitalized(keepLabel(keep, known))}; in a tie, the earlier label.`;
  return method === "greedy" ? "Of two labels with equally many overlaps, the earlier one is removed." : "The earlier label of a pair is preferred.";
}

/** "Largest", "Tag reviewed, then largest" */
export function keepLabel(keep: readonly string[], known: readonly KeepRule[]): string {
  if (keep.length === 0) return "FiftyOne’s order";
  const rules = keep.map((text) => {
    const rule = parseRule(text, known);
    return rule === null ? text : rule.entry.short.replace(/\{(key|values)\}/g, (_, part: "key" | "values") => rule[part]);
  });
  return capitalized(rules.join(", then "));
}
