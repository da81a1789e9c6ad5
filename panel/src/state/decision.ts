/** Who goes and who stays: method, keep rules and metric. */
import type { Method, Metric, Summary } from "../protocol/messages";

export interface Decision {
  readonly method: Method;
  /** Keep rules, the first counts most; none for FiftyOne's order. */
  readonly keep: readonly string[];
  readonly metric: Metric;
}

export const PLAIN: Decision = { method: "simple", keep: [], metric: "iou" };
export const METHODS: readonly Method[] = ["simple", "greedy", "nms", "fewest"];

export const METHOD_WORDS: Readonly<Record<Method, string>> = {
  simple: "Of two labels that overlap too much, the less preferred one goes: by default the later one.",
  greedy: "The label with the most overlaps goes first, until none overlap too much. Often fewer labels go.",
  nms: "From the most preferred label down, what overlaps a kept label goes. Nothing else does.",
  fewest: "As few labels as possible go.",
};

/** What a threshold is compared with, as people call it: keypoints have one similarity. */
export function measureOf({ measure }: Pick<Summary, "measure">, metric: Metric): string {
  if (measure === "OKS") return measure;
  return metric === "iou" ? "IoU" : "IoS";
}

/** Whether the scan holds the counts of a decision, so that nobody has to be asked. */
export function isStored({ method, keep, metric }: Decision): boolean {
  return keep.length === 0 && metric === "iou" && (method === "simple" || method === "greedy");
}

export function decisionKey({ method, keep, metric }: Decision): string {
  return JSON.stringify([method, keep, metric]);
}

export function decisionOf({ method, keep, metric }: Decision): { method: Method; keep: string[]; metric: Metric } {
  return { method, keep: [...keep], metric };
}
