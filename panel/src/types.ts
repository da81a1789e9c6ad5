/**
 * What the two halves of the panel say to each other, and the stored summary of a scan.
 *
 * Each message has a shape for its request and one for its reply. `tests/messages` holds one example of each; both
 * halves are checked against those.
 */
import * as cvat from "./cvatShapes";
import { count, flag, listOf, mapOf, nullable, object, oneOf, optional, real, text, type TypeOf } from "./shape";

/** A label that has no class is of class `null`. */
const className = nullable(text);
const method = oneOf("simple", "greedy");
const source = oneOf("plan", "tag");
const nothing = object({});

/** Labels and images at each of the thresholds. */
const curve = object({ labels: listOf(count), images: listOf(count) });
const skipped = object({ count, reasons: mapOf(count) });
const classCount = object({ name: className, labels: count });

const curves = { simple: optional(nullable(curve)), greedy: optional(nullable(curve)) };
const classSummary = object({ name: className, labels: count, ...curves });

export const summary = object({
  scan_key: text,
  title: text,
  created_at: text,
  params: object({ label_field: text, other_field: nullable(text), classwise: flag, iou_thresh: real, method }),
  scope: object({ kind: oneOf("dataset", "view", "selection"), samples: count, slices: nullable(listOf(text)) }),
  labels: count,
  samples: count,
  skipped,
  thresholds: listOf(real),
  histogram: object({ edges: listOf(real), counts: listOf(count), zero: count, none: count }),
  curves: object({ simple: curve, greedy: curve }),
  classes: listOf(classSummary),
  n_pairs: count,
  truncated: count,
});

const failure = object({ message: text, consequence: optional(text), advice: optional(text), details: optional(text) });

const field = object({ name: text, kind: text, writable: flag });
const target = object({ kind: oneOf("dataset", "view", "selection"), samples: count });

const scanEntry = object({
  scan_key: text,
  title: text,
  created_at: text,
  label_field: text,
  other_field: nullable(text),
  classwise: flag,
  scope: oneOf("dataset", "view", "selection"),
  labels: count,
  samples: count,
});

const run = object({
  run_id: text,
  state: oneOf("queued", "running", "done", "failed", "cancelled"),
  background: flag,
  done: count,
  total: count,
  /** Seconds that a queued run has been waiting for a worker. */
  waiting: real,
  scan_key: nullable(text),
  error: nullable(failure),
});

/** How the dataset stands to a stored scan, and how many of its labels bear the tag. */
const standing = object({
  state: oneOf("up_to_date", "changed", "gone"),
  added: count,
  removed: count,
  edited: count,
  other_view: flag,
  tagged: count,
});

const plan = { scan_key: text, iou_thresh: real, method, classes: nullable(listOf(className)) };
const scanKey = object({ scan_key: text });
const runId = object({ run_id: text });
/** `restore_key` undoes it; `null` when nothing was changed. */
const written = { labels: count, images: count, skipped, tagged: count, restore_key: nullable(text) };
const operation = oneOf("tag", "untag", "delete", "merge", "cvat");

/** What the journal knows of one write. One that a crash cut off stays "under_way". */
const action = object({
  restore_key: text,
  operation,
  field: text,
  count,
  samples: count,
  state: oneOf("under_way", "done", "restored"),
  created_at: text,
  tag: nullable(text),
});

const planRow = object({
  sample_id: text,
  filepath: text,
  label_id: text,
  label: className,
  iou: real,
  kept_label_id: nullable(text),
  kept_label: className,
});

export const MESSAGES = {
  open_panel: {
    request: nothing,
    reply: object({
      dataset: object({ name: text, media_type: text, samples: count }),
      fields: listOf(field),
      targets: listOf(target),
      scans: listOf(scanEntry),
      run: nullable(run),
      tag: text,
    }),
  },
  refresh: {
    request: object({ scan_key: nullable(text), tag: text }),
    reply: object({ targets: listOf(target), standing: nullable(standing) }),
  },
  start_scan: {
    request: object({
      label_field: text,
      other_field: nullable(text),
      classwise: flag,
      target: oneOf("dataset", "view", "selection"),
      background: flag,
    }),
    reply: object({ run }),
  },
  rescan: { request: object({ scan_key: text }), reply: object({ run }) },
  poll_run: { request: runId, reply: object({ run }) },
  cancel_run: { request: runId, reply: object({ run }) },
  open_scan: { request: scanKey, reply: object({ summary }) },
  rename_scan: { request: object({ scan_key: text, title: text }), reply: object({ scans: listOf(scanEntry) }) },
  delete_scan: { request: scanKey, reply: object({ scans: listOf(scanEntry) }) },
  count_labels: { request: object(plan), reply: object({ labels: count, images: count, classes: listOf(classCount) }) },
  show_labels: {
    request: object({ ...plan, mode: oneOf("samples", "patches") }),
    reply: object({ labels: count, images: count }),
  },
  clear_view: { request: nothing, reply: nothing },
  tag_labels: { request: object({ ...plan, tag: text }), reply: object(written) },
  untag_labels: { request: object({ scan_key: text, tag: text }), reply: object(written) },
  preview_delete: {
    request: object({ ...plan, source, tag: text }),
    reply: object({ labels: count, images: count, classes: listOf(classCount), skipped }),
  },
  delete_labels: {
    request: object({ ...plan, source, tag: text, expected: count }),
    reply: object({ ...written, summary: nullable(summary) }),
  },
  list_actions: { request: nothing, reply: object({ actions: listOf(action), total: count }) },
  restore: {
    request: object({ restore_key: text, scan_key: nullable(text), tag: text }),
    reply: object({ ...written, operation, summary: nullable(summary) }),
  },
  list_plan: {
    request: object({ ...plan, offset: count, limit: count }),
    reply: object({ rows: listOf(planRow), total: count }),
  },
  write_report: { request: object(plan), reply: object({ filename: text, html: text }) },
  cvat_status: { request: nothing, reply: cvat.status },
  cvat_preview_upload: { request: object({ ...plan, ...cvat.selection }), reply: cvat.upload },
  send_to_cvat: { request: object({ ...plan, ...cvat.selection, ...cvat.options }), reply: object({ run }) },
  list_cvat: { request: nothing, reply: cvat.trips },
  preview_cvat_load: { request: cvat.key, reply: cvat.preview },
  load_from_cvat: { request: cvat.load, reply: object({ ...written, ...cvat.loaded, summary: nullable(summary) }) },
  discard_cvat: { request: cvat.discard, reply: cvat.trips },
} as const;

export type MessageName = keyof typeof MESSAGES;
export type RequestOf<M extends MessageName> = TypeOf<(typeof MESSAGES)[M]["request"]>;
export type AnswerOf<M extends MessageName> = TypeOf<(typeof MESSAGES)[M]["reply"]>;

export const failureShape = failure;
export type Failure = TypeOf<typeof failure>;
export type Reply<M extends MessageName> = { ok: true; answer: AnswerOf<M> } | { ok: false; error: Failure };

export type Summary = TypeOf<typeof summary>;
export type Curve = TypeOf<typeof curve>;
export type ClassName = string | null;
export type Method = TypeOf<typeof method>;
export type Source = TypeOf<typeof source>;
export type Field = TypeOf<typeof field>;
export type Target = TypeOf<typeof target>;
export type ScanEntry = TypeOf<typeof scanEntry>;
export type Run = TypeOf<typeof run>;
export type JournalEntry = TypeOf<typeof action>;
export type CvatTrip = AnswerOf<"list_cvat">["trips"][number];
export type CvatPreview = AnswerOf<"preview_cvat_load">;
export type Standing = TypeOf<typeof standing>;
export type PlanRef = RequestOf<"count_labels">;
export type PlanRow = TypeOf<typeof planRow>;
export type ClassCount = TypeOf<typeof classCount>;
export type ScanRequest = RequestOf<"start_scan">;
