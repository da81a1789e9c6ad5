/** The reason for a threshold that was found by its precision. */
import type { AnswerOf, Metric, Summary } from "../protocol/messages";
import { formatThreshold, lowestOf, toThousandths } from "../state/decision/thresholds";
import { measureOf } from "./decision";

/** "About 94 % of the labels removed above a likelihood of 0.28 are expected to be duplicates; at lower thresholds, fewer than 90 %." */
export function preciseText({ iou_thresh, right }: AnswerOf<"find_precise">, precision: number, metric: Metric, summary: Pick<Summary, "measure">): string {
  const wanted = `${Math.round(100 * precision)} %`;
  if (iou_thresh === null || right === null) return `At no threshold are ${wanted} of the removed labels expected to be duplicates.`;
  // a share is not rounded up to one that it does not reach
  const share = `${Math.floor(100 * right)} %`;
  const at = toThousandths(iou_thresh);
  const above = `${metric === "likelihood" ? "a" : "an"} ${measureOf(summary, metric)} of ${formatThreshold(at)}`;
  if (at <= lowestOf(metric)) return `Even above ${above}, the lowest threshold, about ${share} of the removed labels are expected to be duplicates.`;
  return `About ${share} of the labels removed above ${above} are expected to be duplicates; at lower thresholds, fewer than ${wanted}.`;
}
