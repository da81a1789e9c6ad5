/**
 * What the two halves of the panel say to each other.
 *
 * Each message has a shape for its request and one for its reply. `tests/messages` holds one example of each; both
 * halves are checked against those.
 */
import * as cvat from "./cvat";
import {
  action,
  classCount,
  className,
  classPair,
  counts,
  curve,
  decision,
  failure,
  field,
  group,
  method,
  metric,
  nothing,
  operation,
  picture,
  plan,
  rotationUnit,
  type reason,
  run,
  runId,
  scanEntry,
  scanKey,
  skipped,
  slice,
  source,
  standing,
  summary,
  target,
  verdict,
  written,
} from "./parts";
import { details } from "./plans";
import { count, flag, listOf, nullable, object, oneOf, optional, partial, real, text, type TypeOf } from "./schema";
import * as tracks from "./tracks";

/** How many pairs have another verdict now, and how many have one at all. */
const judged = object({ pairs: count, total: count, summary: nullable(summary) });
/** The open scan: it is made again where that is quick. */
const open = { scan_key: nullable(text) };

export const MESSAGES = {
  open_panel: {
    request: nothing,
    reply: object({
      dataset: object({ name: text, media_type: text, samples: count, slices: listOf(slice) }),
      slice: nullable(text),
      fields: listOf(field),
      targets: listOf(target),
      scans: listOf(scanEntry),
      run: nullable(run),
      tag: text,
    }),
  },
  refresh: {
    request: object({ scan_key: nullable(text), tag: text }),
    reply: object({ targets: listOf(target), slice: nullable(text), standing: nullable(standing) }),
  },
  list_scans: { request: nothing, reply: object({ scans: listOf(scanEntry) }) },
  start_scan: {
    request: object({
      label_field: text,
      other_field: nullable(text),
      classwise: flag,
      /** One of the field's ways, and a sigma for each point; `null` for what is usual. */
      compare: nullable(text),
      keypoint_sigmas: nullable(listOf(real)),
      unmarked_as_missing: flag,
      /** What the angles of turned boxes are given in; left out for the default. */
      rotation_unit: optional(rotationUnit),
      target: oneOf("dataset", "view", "selection"),
      /** Of a grouped dataset; `null` for the active one, and where the view selects its own. */
      slices: nullable(listOf(text)),
      background: flag,
    }),
    reply: object({ run }),
  },
  rescan: { request: object({ scan_key: text }), reply: object({ run }) },
  poll_run: { request: runId, reply: object({ run }) },
  cancel_run: { request: runId, reply: object({ run }) },
  open_scan: { request: scanKey, reply: object({ summary }) },
  /** Asked again while `counts` is `null`. */
  recount: {
    request: object({ scan_key: text, ...decision }),
    reply: object({ counts: nullable(counts), share: real }),
  },
  rename_scan: { request: object({ scan_key: text, title: text }), reply: object({ scans: listOf(scanEntry) }) },
  delete_scan: { request: scanKey, reply: object({ scans: listOf(scanEntry) }) },
  count_labels: {
    request: object(plan),
    reply: object({ labels: count, images: count, classes: listOf(classCount) }),
  },
  show_labels: {
    request: object({ ...plan, mode: oneOf("samples", "labels", "patches") }),
    /** `left_out`: labels that have no patches, as those of 3-D scenes. */
    reply: object({ labels: count, images: count, left_out: count }),
  },
  clear_view: { request: nothing, reply: nothing },
  tag_labels: { request: object({ ...plan, tag: text }), reply: object(written) },
  untag_labels: { request: object({ scan_key: text, tag: text }), reply: object(written) },
  preview_delete: {
    request: object({ ...plan, source, tag: text }),
    reply: object({ labels: count, images: count, classes: listOf(classCount), skipped }),
  },
  delete_labels: {
    /** `sure`: said once more, which a deletion by IoS needs. */
    request: object({ ...plan, source, tag: text, expected: count, sure: flag }),
    reply: object({ ...written, summary: nullable(summary) }),
  },
  list_actions: { request: nothing, reply: object({ actions: listOf(action), total: count }) },
  restore: {
    request: object({ restore_key: text, scan_key: nullable(text), tag: text }),
    reply: object({ ...written, operation, summary: nullable(summary) }),
  },
  list_groups: {
    /** `pair`: only groups in which labels of these two classes overlap. */
    request: object({ ...plan, pair: nullable(listOf(className)), offset: count, limit: count }),
    reply: object({ groups: listOf(group), total: count, chains: count, verdicts: count }),
  },
  draw_crop: { request: object({ scan_key: text, holder_id: text, label_ids: listOf(text) }), reply: picture },
  show_group: { request: object({ scan_key: text, sample_id: text, label_ids: listOf(text) }), reply: nothing },
  list_tracks: { request: tracks.question, reply: tracks.page },
  show_tracks: { request: tracks.chosen, reply: nothing },
  judge_labels: { request: object({ ...open, label_ids: listOf(text) }), reply: judged },
  list_verdicts: { request: scanKey, reply: object({ verdicts: listOf(verdict), total: count }) },
  clear_verdicts: { request: object({ ...open, label_ids: nullable(listOf(text)) }), reply: judged },
  list_class_pairs: {
    request: object({ scan_key: text, metric }),
    reply: object({ pairs: listOf(classPair), total: count }),
  },
  /** Neither of both: nothing special holds for the pair any more. */
  set_class_pair: {
    request: object({ ...open, pair: listOf(className), may_overlap: flag, iou_thresh: nullable(real) }),
    reply: object({ rules: count, summary: nullable(summary) }),
  },
  plan_details: { request: object(plan), reply: details },
  /** A piece of a file as text; the next one is asked for with `cursor`, until that is `null`. */
  export_rows: {
    request: object({
      what: oneOf("plan", "pairs", "class_pairs", "journal"),
      format: oneOf("csv", "json"),
      cursor: nullable(text),
      /** Without an open scan there is a journal all the same. */
      ...partial(plan),
    }),
    reply: object({ text, rows: count, cursor: nullable(text) }),
  },
  write_report: { request: object(plan), reply: object({ filename: text, html: text }) },
  cvat_status: { request: nothing, reply: cvat.status },
  cvat_preview_upload: { request: object({ ...plan, ...cvat.selection }), reply: cvat.upload },
  send_to_cvat: { request: object({ ...plan, ...cvat.selection, ...cvat.options }), reply: object({ run }) },
  list_cvat: { request: nothing, reply: cvat.trips },
  preview_cvat_load: { request: cvat.previewLoad, reply: cvat.preview },
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
export type Metric = TypeOf<typeof metric>;
export type DecidedCounts = TypeOf<typeof counts>;
export type Source = TypeOf<typeof source>;
export type RotationUnit = TypeOf<typeof rotationUnit>;
export type Field = TypeOf<typeof field>;
export type Slice = TypeOf<typeof slice>;
export type Target = TypeOf<typeof target>;
export type ScanEntry = TypeOf<typeof scanEntry>;
export type Run = TypeOf<typeof run>;
export type JournalEntry = TypeOf<typeof action>;
export type CvatTrip = AnswerOf<"list_cvat">["trips"][number];
export type CvatPreview = AnswerOf<"preview_cvat_load">;
export type Standing = TypeOf<typeof standing>;
export type PlanRef = RequestOf<"count_labels">;
export type Group = TypeOf<typeof group>;
export type Member = Group["members"][number];
export type Reason = TypeOf<typeof reason>;
export type Picture = TypeOf<typeof picture>;
export type TrackPair = TypeOf<typeof tracks.pair>;
export type ClassPair = TypeOf<typeof classPair>;
export type PlanDetails = TypeOf<typeof details>;
export type TableName = RequestOf<"export_rows">["what"];
export type Verdict = TypeOf<typeof verdict>;
export type ClassCount = TypeOf<typeof classCount>;
export type ScanRequest = RequestOf<"start_scan">;
