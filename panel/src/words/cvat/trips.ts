/** The words for an upload to CVAT, and for the state of each round trip. */
import type { AnswerOf, CvatTrip } from "../../protocol/messages";
import { isSize, LARGEST, type SizeName } from "../../state/sendForm";
import { ago, counted, grouped, reasonOf } from "../format";

type Preview = AnswerOf<"cvat_preview_upload">;
type Left = CvatTrip["left"];

/** Returns the reason why a typed size cannot be sent; `null` if it can. */
export function sizeFault(name: SizeName, typed: string): string | null {
  return isSize(name, typed) ? null : `A whole number from 1 to ${grouped(LARGEST[name])}`;
}

/** "Sent 6 labels in 3 images to cvat.example.org. 1 label was not sent: 1 that has no class" */
export function sentText({ labels, images, host, left }: Pick<CvatTrip, "labels" | "images" | "host" | "left">): string {
  const notSent = notSentText(left);
  return `Sent ${counted(labels, "label")} in ${counted(images, "image")} to ${host}${notSent === null ? "" : `. ${notSent}`}`;
}

/** "3 labels were not sent: 2 that have no class, 1 that has no points"; `null` if all were. */
export function notSentText(left: Left): string | null {
  return leftText(left, left.count === 1 ? "was not sent" : "were not sent");
}

/** "3 labels are not sent: 2 that have no class, 1 that has no points"; `null` if all are sent. */
function leftText({ count, reasons }: Left, verb: string): string | null {
  if (count === 0) return null;
  const parts = Object.entries(reasons).map(([reason, n]) => `${grouped(n)} that ${reasonOf(reason, n)}`);
  return `${counted(count, "label")} ${verb}: ${parts.join(", ")}`;
}

/** The labels, the attributes, and the values of sent labels that an upload leaves out. */
export function leftTexts({ left, attributes_left, values_left }: Preview): string[] {
  const labels = leftText(left, left.count === 1 ? "is not sent" : "are not sent");
  return [
    ...(labels === null ? [] : [labels]),
    ...Object.entries(attributes_left).map(([name, why]) => `${name} is not sent: it ${why}`),
    ...Object.entries(values_left).map(([name, n]) => `${name} of ${counted(n, "label")} is not sent: CVAT cannot represent the value`),
  ];
}

/** "6 labels in 3 images, 3 flagged" */
export function tripTitle({ labels, images, flagged }: CvatTrip): string {
  return `${counted(labels, "label")} in ${counted(images, "image")}, ${grouped(flagged)} flagged`;
}

/** "1 of 2 jobs done · loaded · ground_truth · 12 min ago" */
export function tripDetails({ state, jobs, label_field, renamed_from, created_at }: CvatTrip, now: number): string {
  const status = { sending: "being sent", failed: "not sent", loaded: "loaded", open: "" }[state];
  const done = jobs === null ? "" : `${jobs.done} of ${counted(jobs.total, "job")} done`;
  const field = renamed_from === null ? label_field : `${label_field} (renamed from ${renamed_from})`;
  return [done, status, field, ago(created_at, now)].filter((part) => part !== "").join(" · ");
}

/** "The round trip is now at cvat.example.org, which has its task. No label was changed." */
export function movedText({ host, tasks }: AnswerOf<"move_cvat">, sent: number): string {
  const found = tasks < sent ? `${grouped(tasks)} of its ${counted(sent, "task")}` : sent === 1 ? "its task" : `all ${grouped(sent)} of its tasks`;
  return `The round trip is now at ${host}, which has ${found}. No label was changed.`;
}

/** "Deleted 2 tasks in CVAT. 1 task had already been deleted. No label was changed here." */
export function discardedText({ deleted }: AnswerOf<"discard_cvat">, sent: number): string {
  if (deleted === null) return "Removed the round trip from this list. Its tasks in CVAT still exist, and no label was changed.";
  const gone = Math.max(sent - deleted, 0);
  const before = gone === 0 ? "" : `${counted(gone, "task")} had already been deleted. `;
  return `${deleted === 0 && gone > 0 ? "" : `Deleted ${counted(deleted, "task")} in CVAT. `}${before}No label was changed here.`;
}

/** "Task 157", from the number at the end of its address. */
export function taskName(link: string): string {
  return `Task ${/(\d+)\/?$/.exec(link)?.[1] ?? ""}`.trim();
}

export function isWebAddress(link: string): boolean {
  return /^https?:\/\//i.test(link);
}
