/** The comparison of two labels, in words. */
import type { AnswerOf } from "../../protocol/messages";
import { overlapText } from "../format";
import { likelihoodText } from "../groups";
import { decidedText } from "./verdicts";

/** "The two selected labels: IoU 0.31 · IoS 0.62 · 0.20 possibly one object" */
export function comparisonText({ iou, ios, mask_iou, measure, likelihood, verdict }: AnswerOf<"compare_labels">, now: number): string {
  const parts = [
    `${measure} ${overlapText(iou)}`,
    measure === "IoU" ? `IoS ${overlapText(ios)}` : "",
    mask_iou === null ? "" : `masks ${overlapText(mask_iou)}`,
    likelihood === null ? "too little overlap for a likelihood" : `${likelihood.toFixed(2)} ${likelihoodText(likelihood)}`,
    verdict === null ? "" : decidedText(verdict, 2, now),
  ];
  return `The two selected labels: ${parts.filter((part) => part !== "").join(" · ")}`;
}
