/** What goes to CVAT and what came back, in words. */
import type { CvatPreview, CvatTrip, RequestOf } from "../types";
import { ago, classLabel, counted, grouped } from "./format";

export type SendRequest = RequestOf<"send_to_cvat">;
/** What a preview of an upload is asked with, besides the plan. */
export type Selected = Pick<SendRequest, "source" | "tag" | "scope" | "url" | "task_size">;
export type SendOptions = Pick<SendRequest, "segment_size" | "image_quality" | "project_name" | "task_assignee" | "job_assignees">;

/** The form as it is typed. */
export interface SendDraft {
  readonly source: Selected["source"];
  readonly scope: Selected["scope"];
  readonly url: string;
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
  const { source, scope, url, taskSize } = draft;
  return { source, tag, scope, url: needsUrl ? textOf(url) : null, task_size: sizeOf(taskSize) };
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

/** "Sent 6 labels in 3 images to cvat.example.org" */
export function sentText({ labels, images, host }: { labels: number; images: number; host: string }): string {
  return `Sent ${counted(labels, "label")} in ${counted(images, "image")} to ${host}`;
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

type Change = CvatPreview["changes"][number];
export type RowName = keyof CvatPreview["counts"];

/** One way to change a class or a label, with how often that happens and the first label of it. */
export interface Example {
  readonly text: string;
  readonly labels: number;
  readonly first: Change;
}

export interface ChangeRow {
  readonly name: RowName;
  readonly title: string;
  readonly labels: number;
  readonly note: string;
  readonly examples: readonly Example[];
}

const ROWS: readonly { name: RowName; title: string; note: string; kinds: readonly Change["kind"][] }[] = [
  { name: "unchanged", title: "Unchanged", note: "stay as they are, byte for byte", kinds: [] },
  { name: "moved", title: "Moved", note: "take the place drawn in CVAT", kinds: ["moved", "moved and relabeled"] },
  { name: "relabeled", title: "Relabeled", note: "take the class chosen in CVAT", kinds: ["relabeled", "moved and relabeled"] },
  { name: "deleted", title: "Deleted", note: "are deleted here as well", kinds: ["deleted"] },
  { name: "added", title: "Added", note: "are new labels here", kinds: ["added"] },
  { name: "conflicts", title: "Conflicts", note: "edited on both sides; what is here stays", kinds: ["conflict"] },
];

/** The table of a load; conflicts only where there are any. */
export function changeRows({ counts, changes }: CvatPreview): ChangeRow[] {
  return ROWS.filter(({ name }) => name !== "conflicts" || counts.conflicts > 0).map(({ name, title, note, kinds }) => ({
    name,
    title,
    note,
    labels: counts[name],
    examples: examplesOf(changes.filter(({ kind }) => kinds.includes(kind))),
  }));
}

/** Alike changes together, the most frequent first. */
function examplesOf(changes: readonly Change[]): Example[] {
  const found = new Map<string, { labels: number; first: Change }>();
  for (const change of changes) {
    const text = changeText(change);
    const known = found.get(text);
    if (known === undefined) found.set(text, { labels: 1, first: change });
    else known.labels++;
  }
  return [...found].map(([text, { labels, first }]) => ({ text, labels, first })).sort((a, b) => b.labels - a.labels);
}

function changeText({ kind, was, now }: Change): string {
  if (kind === "added") return classLabel(now);
  if (kind === "deleted" || kind === "moved") return classLabel(was);
  if (kind !== "conflict") return `${classLabel(was)} → ${classLabel(now)}`;
  return now === null ? `${classLabel(was)}, deleted in CVAT` : was === now ? `${classLabel(was)}, moved in CVAT` : `${classLabel(was)}, ${classLabel(now)} in CVAT`;
}

/** "1 of 2 jobs is done: …"; `null` where all are. */
export function unfinishedText({ done, total }: CvatPreview["jobs"]): string | null {
  if (done >= total) return null;
  return `${done} of ${counted(total, "job")} ${done === 1 ? "is" : "are"} marked as completed in CVAT. What is edited there later can be loaded later.`;
}

/** "1 duplicate remains in these images." */
export function duplicatesText(labels: number): string {
  return labels === 0 ? "No duplicate remains in these images." : `${counted(labels, "duplicate")} ${labels === 1 ? "remains" : "remain"} in these images.`;
}
