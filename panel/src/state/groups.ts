/** Groups of overlapping labels, in words. */
import type { Group, Member } from "../types";
import { classLabel, counted, grouped } from "./format";

/** Judging a group stores a verdict for each pair of its labels. */
const MOST_JUDGED = 12;

/** "truck and car", "3 × person", "4 labels of 3 classes" */
export function groupTitle({ members, size }: Group): string {
  const names = [...new Set(members.map((member) => classLabel(member.label)))];
  if (names.length === 1) return `${grouped(size)} × ${names[0]}`;
  if (names.length === 2 && size === 2) return names.join(" and ");
  return `${counted(size, "label")} of ${grouped(names.length)} classes`;
}

export interface Likelihood {
  /** "almost surely one object" */
  readonly words: string;
  /** What speaks for it. */
  readonly why: string;
}

export function likelihoodOf({ pairs }: Group): Likelihood {
  const [words = "", why = ""] = (pairs[0]?.explanation ?? "").split(/: (.*)/s);
  return { words, why };
}

export function kindTitle({ kind, size }: Group): string {
  if (kind === "chain") return `A chain: only neighbors among its ${grouped(size)} labels overlap, so it need not be one object.`;
  return size === 2 ? "Both labels overlap each other." : "Every label overlaps every other.";
}

/** "goes; the other is kept: confidence 0.93 > 0.71", "stays" */
export function fateOf({ stays, reason }: Member): string {
  if (stays) return "stays";
  if (reason === "" || reason.startsWith("overlaps ")) return reason === "" ? "goes" : `goes: ${reason}`;
  return `goes; the other is kept: ${bare(reason)}`;
}

/** Why labels go, of many at once. */
export function whyText(reason: string): string {
  return reason.startsWith("overlaps ") ? `goes: ${reason}` : `kept: ${bare(reason)}`;
}

function bare(reason: string): string {
  return reason.replace(/^(kept all the same: |stays )/, "");
}

/** The labels that "both are real" is about; `null` where the group is too large to be judged at once. */
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
