/** Method, keep rules and metric, in words. */
import type { Method, Metric, Summary } from "../protocol/messages";
import type { Decision } from "../state/decision/decision";
import { parseRule, type RuleName } from "../state/decision/keepRules";
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
export function decisionText({ method, metric, keep }: Pick<Decision, "method" | "metric" | "keep">, { label_field, other_field }: FieldNames): string {
  const removed =
    other_field === null ? `${METHOD_NOTES[method]} ${preferredText(method, keep)}` : `A label of ${label_field} is removed if it overlaps a label of ${other_field} too much.`;
  if (metric === "iou") return removed;
  if (metric === "likelihood") return `${removed} Two labels overlap too much if their likelihood to be one object, as this scan estimates it, is above the threshold.`;
  return `${removed} IoS is noisy (a person in a car also lies inside it); use it for review and tagging.`;
}

/** The preferred label of a pair, by the keep rules or by FiftyOne's order. */
function preferredText(method: Method, keep: readonly string[]): string {
  if (keep.length > 0) return `Preferred: ${uncapitalized(keepLabel(keep))}; in a tie, the earlier label.`;
  return method === "greedy" ? "Of two labels with equally many overlaps, the earlier one is removed." : "The earlier label of a pair is preferred.";
}

/** The names of the rules, and of what they need. */
export const RULES: Readonly<Record<RuleName, { readonly label: string; readonly key?: string; readonly values?: string }>> = {
  highest_confidence: { label: "Highest confidence" },
  largest: { label: "Largest" },
  smallest: { label: "Smallest" },
  most_attributes: { label: "Most attributes" },
  newest: { label: "Newest" },
  tagged: { label: "Has a tag", key: "tag" },
  classes: { label: "Class order", values: "classes, best first" },
  attribute: { label: "Attribute value", key: "attribute", values: "values, best first" },
  first: { label: "First in the list" },
  last: { label: "Last in the list" },
};

/** "Largest", "Tag reviewed, then largest" */
export function keepLabel(keep: readonly string[]): string {
  if (keep.length === 0) return "FiftyOne’s order";
  const rules = keep.map((text) => {
    const rule = parseRule(text);
    if (rule === null) return text;
    if (rule.name === "tagged") return `tag ${rule.key}`;
    if (rule.name === "classes") return `class ${rule.values}`;
    if (rule.name === "attribute") return `${rule.key} ${rule.values}`;
    return RULES[rule.name].label.toLowerCase();
  });
  return capitalized(rules.join(", then "));
}
