/** The form for sending labels to CVAT. */
import type { RequestOf } from "../protocol/messages";

type SendRequest = RequestOf<"send_to_cvat">;
/** The options of an upload that its preview depends on, besides the plan. */
export type Selected = Pick<SendRequest, "source" | "tag" | "scope" | "url" | "task_size" | "attributes">;
export type SendOptions = Pick<SendRequest, "segment_size" | "image_quality" | "project_name" | "task_assignee" | "job_assignees">;

/** The values as typed. */
export interface SendFormValues {
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

export const EMPTY_FORM: SendFormValues = {
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

/** The largest value of each size; the smallest is 1. */
export const LARGEST = { taskSize: 100_000, segmentSize: 100_000, imageQuality: 100 } as const;
export type SizeName = keyof typeof LARGEST;

/** Whether a typed size can be sent. Empty stands for the default. */
export function isSize(name: SizeName, typed: string): boolean {
  const value = Number(typed.trim());
  return typed.trim() === "" || (Number.isInteger(value) && value >= 1 && value <= LARGEST[name]);
}

export function hasValidSizes(form: SendFormValues): boolean {
  return (Object.keys(LARGEST) as SizeName[]).every((name) => isSize(name, form[name]));
}

function sizeOf(typed: string): number | null {
  return typed.trim() === "" ? null : Number(typed.trim());
}

function textOf(typed: string): string | null {
  return typed.trim() === "" ? null : typed.trim();
}

export function selectedOf({ source, scope, url, taskSize, attributes }: SendFormValues, tag: string, needsUrl: boolean): Selected {
  return { source, tag, scope, url: needsUrl ? textOf(url) : null, task_size: sizeOf(taskSize), attributes: [...attributes] };
}

export function optionsOf(form: SendFormValues): SendOptions {
  return {
    segment_size: sizeOf(form.segmentSize),
    image_quality: sizeOf(form.imageQuality),
    project_name: textOf(form.projectName),
    task_assignee: textOf(form.taskAssignee),
    job_assignees: textOf(form.jobAssignees),
  };
}
