/** The decision which labels are removed: method, keep rules and metric. */
import type { Method, Metric } from "../../protocol/messages";
import { method, metric } from "../../protocol/parts";

export interface Decision {
  readonly method: Method;
  /** Keep rules, the most important first; empty for FiftyOne's order. */
  readonly keep: readonly string[];
  readonly metric: Metric;
  /** Whether only labels of the same class are pairs. */
  readonly classwise: boolean;
}

export const PLAIN = { method: "simple", keep: [], metric: "iou" } as const;
export const METRICS = metric.values;
export const METHODS = method.values;

/** Whether a scan holds the counts of a decision, so that the server need not be asked. */
export function isStored({ method, keep, metric, classwise }: Decision, scan: { readonly classwise: boolean }): boolean {
  return keep.length === 0 && metric === "iou" && classwise === scan.classwise && (method === "simple" || method === "greedy");
}

export function decisionKey(decision: Decision): string {
  return JSON.stringify(Object.values(decisionOf(decision)));
}

export function decisionOf({ method, keep, metric, classwise }: Decision) {
  return { method, keep: [...keep], metric, classwise };
}
