/** The comparison of two labels, in words. */
import type { AnswerOf } from "../../protocol/messages";
import { likelihoodText } from "../groups";
import { decidedText } from "./verdicts";

/** "The two selected labels: IoU 0.31 · IoS 0.62 · 0.20 possibly one object" */
export function comparisonText({ iou, ios, mask_iou, measure, likelihood, verdict }: AnswerOf<"compare_labels">, now: number): string {
  const parts = [
    `${measure} ${iou.toFixed(2)}`,
    measure === "IoU" ? `IoS ${ios.toFixed(2)}` : "",
    mask_iou === null ? "" : `masks ${mask_iou.toFixed(2)}`,
    likelihood === null ? "too little overlap for a likelihood" : `${likelihood.toFixed(2)} ${likelihoodText(likelihood)}`,
    verdict === null ? "" : decidedText(verdict, 2, now),
  ];
  return `The two selected labels: ${parts.filter((part) => part !== "").join(" · ")}`;
}
