/** Which labels are removed: method, keep rules and metric. */
import type { Method, Metric } from "../protocol/messages";

export interface Decision {
  readonly method: Method;
  /** Keep rules, the most important first; empty for FiftyOne's order. */
  readonly keep: readonly string[];
  readonly metric: Metric;
}

export const PLAIN: Decision = { method: "simple", keep: [], metric: "iou" };
export const METHODS: readonly Method[] = ["simple", "greedy", "nms", "fewest"];

/** Whether the scan holds the counts of a decision, so that the server need not be asked. */
export function isStored({ method, keep, metric }: Decision): boolean {
  return keep.length === 0 && metric === "iou" && (method === "simple" || method === "greedy");
}

export function decisionKey({ method, keep, metric }: Decision): string {
  return JSON.stringify([method, keep, metric]);
}

export function decisionOf({ method, keep, metric }: Decision): { method: Method; keep: string[]; metric: Metric } {
  return { method, keep: [...keep], metric };
}
