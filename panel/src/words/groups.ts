/** Groups of overlapping labels, in words. */
import type { Group, Measure, Member } from "../protocol/messages";
import { classLabel } from "./classes";
import { counted, grouped, overlapText } from "./format";

/** A verdict on a group is stored for each pair of its labels. */
const MOST_JUDGED = 12;

/** "truck and car", "house and house", "3 labels of house", "4 labels of 3 classes" */
export function groupTitle({ members, size }: Group): string {
  const names = [...new Set(members.map((member) => classLabel(member.label)))];
  if (size === 2) return names.length === 2 ? names.join(" and ") : `${names[0]} and ${names[0]}`;
  if (names.length === 1) return `${counted(size, "label")} of ${names[0]}`;
  return `${counted(size, "label")} of ${grouped(names.length)} classes`;
}

/** A likelihood in [0, 1], in the words of the operators. */
export function likelihoodText(likelihood: number): string {
  if (likelihood > 0.95) return "almost certainly one object";
  if (likelihood > 0.6) return "probably one object";
  if (likelihood > 0.4) return "could be one object or two";
  return likelihood > 0.1 ? "possibly one object" : "probably two objects";
}

/** The likelihood that the most similar labels of a group are one object. */
export function likelihoodOf({ pairs: [pair] }: Group): string {
  return pair === undefined ? "" : likelihoodText(pair.likelihood);
}

/** ", masks 0.93" beside the overlap of boxes; "" if it is not known */
export function maskText(iou: number | null): string {
  return iou === null ? "" : `, masks ${overlapText(iou)}`;
}

/** "IoU 0.91, IoS 0.97 · same left and top edge · large labels often overlap here" */
export function evidenceText({ pairs: [pair] }: Group, measure: Measure): string {
  if (pair === undefined) return "";
  const inside = measure === "IoU" ? `, IoS ${overlapText(pair.ios)}` : "";
  return [`${measure} ${overlapText(pair.iou)}${inside}${maskText(pair.mask_iou)}`, pair.why].filter(Boolean).join(" · ");
}

export function kindTitle({ kind, size }: Group): string {
  if (kind === "chain") return `A chain: only neighbors among its ${grouped(size)} labels overlap, so it may be more than one object.`;
  return size === 2 ? "The two labels overlap." : "Every label overlaps every other one.";
}

/** "removed; the other label is kept: confidence 0.93 > 0.71", "kept" */
export function removalText({ reason }: Pick<Member, "reason">): string {
  if (reason === null) return "kept";
  return `removed${reason.names_kept ? "; the other label is kept" : ""}: ${reason.text}`;
}

/** Whether the labels of a group are from two fields, which are named then. */
export function hasTwoFields({ members }: Group): boolean {
  return new Set(members.map(({ field }) => field)).size > 1;
}

/** The labels that a verdict on the group refers to; `null` if the group is too large for one verdict. */
export function judgedIds({ members, size }: Group): readonly string[] | null {
  return size > MOST_JUDGED || members.length < size ? null : members.map((member) => member.label_id);
}

/** "street.jpg", "frame 12 of street.mp4" */
export function placeOf({ filepath, frame_number }: Group): string {
  const file = filepath.split(/[\\/]/).pop() ?? "";
  return frame_number === null ? file : `frame ${grouped(frame_number)} of ${file}`;
}

/** "1–12 of 3,412 groups" */
export function pageText(page: number, shown: number, atOnce: number, total: number): string {
  if (total === 0) return "No groups";
  const first = page * atOnce + 1;
  return `${grouped(first)}–${grouped(first + shown - 1)} of ${counted(total, "group")}`;
}
