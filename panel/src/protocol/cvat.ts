/** What the two halves say to each other of the CVAT round trip; part of `types.ts`. */
import { count, flag, listOf, mapOf, nullable, object, oneOf, real, text } from "./schema";

/** What is sent, besides the plan. `url` is given only where `cvat_status` says that it is needed. */
export const selection = {
  source: oneOf("plan", "tag", "selected"),
  tag: text,
  scope: oneOf("samples", "labels"),
  url: nullable(text),
  task_size: nullable(count),
  /** Names of those that go along. */
  attributes: listOf(text),
};

export const options = {
  segment_size: nullable(count),
  image_quality: nullable(count),
  project_name: nullable(text),
  task_assignee: nullable(text),
  /** Names, divided by commas. */
  job_assignees: nullable(text),
  /** How many labels were shown to be sent; of another number none is. */
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

/** Labels that stay here, as CVAT cannot hold them. */
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
  /** Why an attribute stays here, by its name. */
  attributes_left: mapOf(text),
  /** How many labels have a value that stays here, by the attribute's name. */
  values_left: mapOf(count),
  /** Those that can go along. */
  offered: listOf(object({ name: text, words: text })),
});

const jobs = object({ done: count, total: count });

/** Labels that are in CVAT. `jobs` is null, and `problem` says why, where the server cannot be asked. */
const trip = object({
  anno_key: text,
  state: oneOf("sending", "open", "loaded", "failed"),
  /** What sends it, or has sent it. */
  run_id: nullable(text),
  label_field: text,
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
  /** The restore keys of what was loaded of it. */
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
  /** Whose attributes were edited, whatever else was. */
  attributes: count,
  deleted: count,
  added: count,
  /** Edited on both sides: shown, never overwritten. */
  conflicts: count,
  /** With a value that cannot be read: nothing of such a label is written. */
  refused: count,
  still_duplicate: count,
});

/** An attribute edited in CVAT; `here` is null where the label has no value to compare. */
const edit = object({ name: text, was: text, now: text, here: nullable(text) });

const change = object({
  kind: oneOf("moved", "relabeled", "moved and relabeled", "attributes edited", "deleted", "added", "conflict", "refused"),
  sample_id: text,
  label_id: text,
  was: nullable(text),
  now: nullable(text),
  edits: listOf(edit),
});

/** The run gets this id, by which it can be cancelled. */
export const previewLoad = object({ anno_key: text, run_id: text });
export const preview = object({
  anno_key: text,
  counts,
  jobs,
  skipped: object({ count, reasons: mapOf(count) }),
  changes: listOf(change),
  to_apply: count,
  /** Goes back with `load_from_cvat`: nothing else than what was shown is applied. */
  digest: text,
});
export const load = object({ anno_key: text, digest: text, cleanup: flag, scan_key: nullable(text), tag: text, run_id: text });
/** `problem` says why the tasks are still there, though they were to be deleted. */
export const loaded = { remaining: count, is_removed: flag, problem: nullable(text) };
export const discard = object({ anno_key: text, forget: flag });
