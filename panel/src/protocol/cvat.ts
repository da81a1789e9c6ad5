/** Messages about the CVAT round trip. */
import { count, flag, listOf, mapOf, nullable, object, oneOf, real, text } from "./schema";

/** The options of an upload, besides the plan. `url` is given only if `cvat_status` asks for it. */
export const selection = {
  source: oneOf("plan", "tag", "selected"),
  tag: text,
  scope: oneOf("samples", "labels"),
  url: nullable(text),
  task_size: nullable(count),
  /** The names of the attributes that are sent. */
  attributes: listOf(text),
};

export const options = {
  segment_size: nullable(count),
  image_quality: nullable(count),
  project_name: nullable(text),
  task_assignee: nullable(text),
  /** Comma-separated user names; jobs are assigned in turn. */
  job_assignees: nullable(text),
  /** The number of labels that the user confirmed; any other number is an error. */
  expected: count,
};

export const status = object({
  configured: flag,
  needs_url: flag,
  host: nullable(text),
  encrypted: nullable(flag),
  problem: nullable(text),
  task_size: count,
});

/** Labels that are not sent, as CVAT cannot represent them. */
const left = object({ count, reasons: mapOf(count) });

export const upload = object({
  host: text,
  encrypted: flag,
  images: count,
  megabytes: real,
  labels: count,
  flagged: count,
  tasks: count,
  left,
  attributes: listOf(text),
  /** The reason why an attribute is not sent, by its name. */
  attributes_left: mapOf(text),
  /** The number of labels with a value that is not sent, by the name of the attribute. */
  values_left: mapOf(count),
  /** The attributes that can be sent. */
  offered: listOf(object({ name: text, words: text })),
});

const jobs = object({ done: count, total: count });

/** Labels in CVAT. If the server cannot be reached, `jobs` is null and `problem` is the reason. */
const trip = object({
  anno_key: text,
  trip_id: text,
  state: oneOf("sending", "open", "loaded", "failed"),
  /** The run that sends it or has sent it. */
  run_id: nullable(text),
  label_field: text,
  /** The name of the field when its labels were sent, if it was renamed since. */
  renamed_from: nullable(text),
  host: text,
  /** The addresses of its tasks. */
  links: listOf(text),
  images: count,
  labels: count,
  flagged: count,
  scope: oneOf("samples", "labels"),
  created_at: text,
  jobs: nullable(jobs),
  problem: nullable(text),
  /** The restore keys of its loads. */
  loads: listOf(text),
  attributes: listOf(text),
  left,
});
export const trips = object({ trips: listOf(trip) });

const counts = object({
  expected: count,
  unchanged: count,
  moved: count,
  relabeled: count,
  /** Labels with edited attributes, alone or with other edits. */
  attributes: count,
  deleted: count,
  /** Deleted in this dataset, and not edited in CVAT. */
  gone_here: count,
  added: count,
  /** Edited on both sides; shown, never overwritten. */
  conflicts: count,
  /** Labels with a value that cannot be read; they are not changed. */
  refused: count,
  still_duplicate: count,
});

/** An attribute edited in CVAT; `here` is null if the label has no value to compare. */
const edit = object({ name: text, was: text, now: text, here: nullable(text) });

const change = object({
  kind: oneOf("moved", "relabeled", "moved and relabeled", "attributes edited", "deleted", "added", "conflict", "refused"),
  sample_id: text,
  label_id: text,
  was: nullable(text),
  now: nullable(text),
  edits: listOf(edit),
});

/** The run gets this id, by which it can be canceled. */
export const previewLoad = object({ trip_id: text, run_id: text });
export const preview = object({
  anno_key: text,
  counts,
  jobs,
  skipped: object({ count, reasons: mapOf(count), labels: listOf(object({ sample_id: text, label_id: nullable(text), reason: text })) }),
  changes: listOf(change),
  to_apply: count,
  /** The objects that would lose every label. */
  emptied: count,
  /** The deletions that the user must allow, in words; `null` if there are none. */
  mass_deletion: nullable(text),
  /** Returned with `load_from_cvat`, so that only the edits that were shown are applied. */
  digest: text,
});
/** Shows labels in the grid, such as those that are skipped. */
export const showLabels = object({ trip_id: text, sample_ids: listOf(text), label_ids: listOf(text) });
export const load = object({ trip_id: text, digest: text, cleanup: flag, emptied: count, allow_mass_delete: flag, scan_key: nullable(text), tag: text, run_id: text });
/** `problem` is the reason if the tasks could not be deleted. */
export const loaded = { remaining: count, is_removed: flag, problem: nullable(text) };
export const discard = object({ trip_id: text, forget: flag });
/** The number of deleted tasks, without those that were already gone; `null` if only the record was deleted. */
export const discarded = object({ deleted: nullable(count) });
/** `url` is null for the configured server. */
export const move = object({ trip_id: text, url: nullable(text) });
/** The host of the new address, and how many tasks of the trip it has. */
export const moved = object({ host: text, tasks: count });
