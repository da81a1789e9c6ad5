/** What goes to CVAT, and how it stands there, in words. */
import type { AnswerOf, CvatTrip, RequestOf } from "../protocol/messages";
import { ago, counted, grouped, reasonOf } from "./format";

type Preview = AnswerOf<"cvat_preview_upload">;
export type SendRequest = RequestOf<"send_to_cvat">;
/** What a preview of an upload is asked with, besides the plan. */
export type Selected = Pick<SendRequest, "source" | "tag" | "scope" | "url" | "task_size" | "attributes">;
export type SendOptions = Pick<SendRequest, "segment_size" | "image_quality" | "project_name" | "task_assignee" | "job_assignees">;

/** The form as it is typed. */
export interface SendDraft {
  readonly source: Selected["source"];
  readonly scope: Selected["scope"];
  readonly url: string;
  readonly attributes: readonly string[];
  readonly taskSize: string;
  readonly segmentSize: string;
  readonly imageQuality: string;
  readonly projectName: string;
  readonly taskAssignee: string;
  readonly jobAssignees: string;
}

export const FIRST_DRAFT: SendDraft = {
  source: "plan",
  scope: "samples",
  url: "",
  attributes: [],
  taskSize: "",
  segmentSize: "",
  imageQuality: "",
  projectName: "",
  taskAssignee: "",
  jobAssignees: "",
};

const LARGEST = { taskSize: 100_000, segmentSize: 100_000, imageQuality: 100 } as const;
export type SizeName = keyof typeof LARGEST;

/** Why a size cannot be sent; `null` where it can. Empty stands for the default. */
export function sizeFault(name: SizeName, typed: string): string | null {
  const value = Number(typed.trim());
  if (typed.trim() === "" || (Number.isInteger(value) && value >= 1 && value <= LARGEST[name])) return null;
  return `A whole number from 1 to ${grouped(LARGEST[name])}`;
}

export function hasFault(draft: SendDraft): boolean {
  return (Object.keys(LARGEST) as SizeName[]).some((name) => sizeFault(name, draft[name]) !== null);
}

function sizeOf(typed: string): number | null {
  return typed.trim() === "" ? null : Number(typed.trim());
}

function textOf(typed: string): string | null {
  return typed.trim() === "" ? null : typed.trim();
}

export function selectedOf(draft: SendDraft, tag: string, needsUrl: boolean): Selected {
  const { source, scope, url, taskSize, attributes } = draft;
  return { source, tag, scope, url: needsUrl ? textOf(url) : null, task_size: sizeOf(taskSize), attributes: [...attributes] };
}

export function optionsOf(draft: SendDraft): SendOptions {
  return {
    segment_size: sizeOf(draft.segmentSize),
    image_quality: sizeOf(draft.imageQuality),
    project_name: textOf(draft.projectName),
    task_assignee: textOf(draft.taskAssignee),
    job_assignees: textOf(draft.jobAssignees),
  };
}

/** "Sent 6 labels in 3 images to cvat.example.org. 1 label stayed here: 1 that has no class" */
export function sentText({ labels, images, host, left }: Pick<CvatTrip, "labels" | "images" | "host" | "left">): string {
  const stayed = leftText(left, ["stayed", "stayed"]);
  return `Sent ${counted(labels, "label")} in ${counted(images, "image")} to ${host}${stayed === null ? "" : `. ${stayed}`}`;
}

type Left = CvatTrip["left"];

/** "3 labels stay here: 2 that have no class, 1 that has no points"; `null` where none does. */
export function leftText({ count, reasons }: Left, verbs: readonly [string, string] = ["stays", "stay"]): string | null {
  if (count === 0) return null;
  const told = Object.entries(reasons).map(([reason, n]) => `${grouped(n)} that ${reasonOf(reason, n)}`);
  return `${counted(count, "label")} ${count === 1 ? verbs[0] : verbs[1]} here: ${told.join(", ")}`;
}

/** What of an upload stays here: labels, attributes, and values of labels that go. */
export function leftFacts({ left, attributes_left, values_left }: Preview): string[] {
  const labels = leftText(left);
  return [
    ...(labels === null ? [] : [labels]),
    ...Object.entries(attributes_left).map(([name, why]) => `${name} stays here: it ${why}`),
    ...Object.entries(values_left).map(([name, n]) => `${name} of ${counted(n, "label")} stays here: CVAT cannot hold the value`),
  ];
}

/** "6 labels in 3 images, 3 flagged" */
export function tripTitle({ labels, images, flagged }: CvatTrip): string {
  return `${counted(labels, "label")} in ${counted(images, "image")}, ${grouped(flagged)} flagged`;
}

/** "1 of 2 jobs done · loaded · ground_truth · 12 min ago" */
export function tripFacts(trip: CvatTrip, now: number): string {
  const { state, jobs } = trip;
  const stands = { sending: "being sent", failed: "not sent", loaded: "loaded", open: "" }[state];
  const done = jobs === null ? "" : `${jobs.done} of ${counted(jobs.total, "job")} done`;
  return [done, stands, trip.label_field, ago(trip.created_at, now)].filter((fact) => fact !== "").join(" · ");
}

/** The number of the task at the end of its address. */
export function taskName(link: string): string {
  return `Task ${/(\d+)\/?$/.exec(link)?.[1] ?? ""}`.trim();
}

export function isWebAddress(link: string): boolean {
  return /^https?:\/\//i.test(link);
}
