/** Objects that would lose every label. */
import type { AnswerOf } from "../protocol/messages";
import { counted } from "./format";

export const NOISY =
  "IoS also finds labels that are inside another label but mark a different object, such as a person in a car or a wheel of a bicycle. Most of them are real.";
export const REVIEWED = "I have reviewed these labels. Delete them anyway.";

const MEASURES = { iou: "an overlap", ios: "an IoS", likelihood: "a likelihood" } as const;

/** "116 objects would lose every label. An object is a group of labels with an overlap above 0.75 in this scan." `nameOf` a scan is "this scan", or its title. */
export function emptiedText({ count, scan_key, iou_thresh, metric }: AnswerOf<"preview_delete">["emptied"], nameOf: (scanKey: string) => string): string {
  const where = scan_key === null ? "among the labels as they are now" : `in ${nameOf(scan_key)}`;
  return `${emptiedCount(count)}. An object is a group of labels with ${MEASURES[metric]} above ${iou_thresh} ${where}.`;
}

export function emptiedCount(count: number): string {
  return `${counted(count, "object")} would lose every label`;
}

export function emptiedLabel(count: number): string {
  return count === 1 ? "Delete the labels of this object anyway" : `Delete the labels of these ${counted(count, "object")} anyway`;
}
