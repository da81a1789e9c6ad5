/**
 * The messages between the panel and the server. Each message has a schema for its request and one for its reply. `tests/messages` holds one example of each; both
 * sides are checked against these examples.
 */
import * as cvat from "./cvat";
import { classCount, className, classPair, counts, curve, decision, failure, field, freshness, group, method, metric, nothing, pairRule, picture, plan, rotationUnit, run, runId, scanEntry, scanKey, seen, slice, source, summary, target } from "./parts";
import { action, byVerdicts, confirmed, cost, details, keepRule, preview, restored, tagState, written } from "./plans";
import * as review from "./review";
import { count, flag, listOf, nullable, object, oneOf, optional, partial, real, text, type TypeOf } from "./schema";
import * as tracks from "./tracks";

/** The number of pairs whose verdict changed, and the number of all verdicts. */
const judged = object({ pairs: count, total: count, summary: nullable(summary) });
/** The view of the user that the panel replaces, as text; `null` if the panel made it. */
const ownView = { own_view: nullable(text) };
/** A run with an id of the browser, which can be polled and canceled before its answer. */
const inRun = { run_id: text };
/** The open scan, which the server updates if that is fast. */
const open = { scan_key: nullable(text) };

export const MESSAGES = {
  open_panel: {
    request: nothing,
    reply: object({
      dataset: object({ name: text, media_type: text, samples: count, slices: listOf(slice) }),
      slice: nullable(text),
      fields: listOf(field), targets: listOf(target), keep_rules: listOf(keepRule),
      /** The reason why the view in the App cannot be scanned; `null` if it can. */
      view_refused: nullable(text),
      scans: listOf(scanEntry),
      run: nullable(run),
      tag: text,
      /** The last settings of the panel of this dataset; `null` if none are stored. */
      settings: nullable(review.settings),
    }),
  },
  save_settings: { request: object({ settings: review.settings }), reply: nothing },
  refresh: {
    request: object({ scan_key: nullable(text), tag: text }),
    reply: object({ targets: listOf(target), view_refused: nullable(text), slice: nullable(text), plan_view: flag, freshness: nullable(freshness), opened: nullable(text), seen }),
  },
  list_scans: { request: nothing, reply: object({ scans: listOf(scanEntry), seen }) },
  start_scan: {
    request: object({
      label_field: text,
      other_field: nullable(text),
      classwise: flag,
      /** One of the field's options to compare, and a sigma for each point; `null` for the default. */
      compare: nullable(text),
      keypoint_sigmas: nullable(listOf(real)),
      unmarked_as_missing: flag,
      /** The unit of the rotations of boxes; omitted for the default. */
      rotation_unit: optional(rotationUnit),
      target: oneOf("dataset", "view", "selection"),
      /** For a grouped dataset; `null` for the active slice, or if the view selects slices itself. */
      slices: nullable(listOf(text)),
      background: flag,
    }),
    /** If a stored scan would find the same, none is started. */
    reply: object({ run: nullable(run), unchanged: nullable(text) }),
  },
  rescan: { request: object({ scan_key: text }), reply: object({ run }) },
  /** Repeats a scan with likelihoods that verdicts recalibrate: its summary, or the run of one that takes long. */
  recalibrate: { request: scanKey, reply: object({ summary: nullable(summary), run: nullable(run) }) },
  poll_run: { request: runId, reply: object({ run }) },
  cancel_run: { request: runId, reply: object({ run }) },
  /** The scan to open first; `scan_key` is the one that was open last. */
  choose_scan: { request: object({ scan_key: nullable(text) }), reply: object({ opens: nullable(text) }) },
  open_scan: { request: scanKey, reply: object({ summary }) },
  /** Repeated while `counts` is `null`. */
  recount: { request: object({ scan_key: text, ...decision }), reply: object({ counts: nullable(counts), share: real }) },
  /** The histogram of some classes, or of other pairs than those of the scan: labels by their largest overlap. */
  count_bars: { request: object({ scan_key: text, ...pairRule, classes: nullable(listOf(className)) }), reply: object({ counts: listOf(count) }) },
  rename_scan: { request: object({ scan_key: text, title: text }), reply: object({ scans: listOf(scanEntry) }) },
  delete_scan: { request: scanKey, reply: object({ scans: listOf(scanEntry) }) },
  count_labels: { request: object(plan), reply: object({ labels: count, images: count, classes: listOf(classCount) }) },
  count_cost: { request: object(plan), reply: cost },
  /** The lowest threshold at which the expected share of right removals is `precision`; `null` if there is none. */
  find_precise: { request: object({ scan_key: text, ...decision, classes: nullable(listOf(className)), precision: real }), reply: object({ iou_thresh: nullable(real), right: nullable(real) }) },
  show_labels: {
    request: object({ ...plan, mode: oneOf("samples", "labels", "patches") }),
    /** `left_out`: labels that have no patches, as those of 3-D scenes; `beside`: whether patches of a kept label and of its duplicates are neighbors. */
    reply: object({ labels: count, images: count, left_out: count, beside: flag, ...ownView }),
  },
  restore_view: { request: object(ownView), reply: object({ filters: text }) },
  /** `untagged`: labels of earlier plans that lost the tag. */
  tag_labels: { request: object({ ...plan, tag: text, ...inRun }), reply: object({ ...written, untagged: count, state: tagState }) },
  compare_tag: { request: object({ ...plan, tag: text }), reply: tagState },
  untag_labels: { request: object({ scan_key: text, tag: text, ...inRun }), reply: object(written) },
  preview_delete: {
    request: object({ ...plan, source, tag: text }),
    reply: preview,
  },
  delete_labels: {
    request: object({ ...plan, source, tag: text, ...confirmed, ...inRun }),
    reply: object({ ...written, ...byVerdicts, summary: nullable(summary) }),
  },
  list_actions: { request: nothing, reply: object({ actions: listOf(action), total: count }) },
  restore: {
    request: object({ restore_key: text, scan_key: nullable(text), tag: text, ...inRun }),
    reply: object({ ...restored, summary: nullable(summary) }),
  },
  list_groups: {
    /** `class_pair` restricts the list to groups in which labels of these two classes overlap. */
    request: object({ ...plan, class_pair: nullable(listOf(className)), offset: count, limit: count }),
    reply: object({ groups: listOf(group), total: count, chains: count, verdicts: count }),
  },
  /** `side` is that of the picture in pixels, if it is not the default. */
  draw_crop: { request: object({ scan_key: text, document_id: text, label_ids: listOf(text), side: optional(count) }), reply: picture },
  show_group: { request: object({ scan_key: text, sample_id: text, label_ids: listOf(text) }), reply: object({ ...ownView, opened: flag }) },
  /** Clears the selection of an opened sample. */
  leave_sample: { request: nothing, reply: nothing },
  list_tracks: { request: tracks.question, reply: tracks.page },
  show_tracks: { request: tracks.chosen, reply: object(ownView) },
  judge_labels: { request: object({ ...open, label_ids: listOf(text), who: nullable(text) }), reply: judged },
  list_verdicts: { request: scanKey, reply: object({ verdicts: listOf(review.verdict), total: count }) },
  clear_verdicts: { request: object({ ...open, label_ids: nullable(listOf(text)) }), reply: judged },
  judge_pairs: { request: review.judge.request, reply: review.judge.reply },
  settle_verdicts: { request: review.settle.request, reply: review.settle.reply },
  review_queue: { request: review.queue.request, reply: review.queue.reply },
  review_groups: { request: review.groups.request, reply: review.groups.reply },
  accept_above: { request: review.accept.request, reply: review.accept.reply },
  review_progress: { request: review.progress.request, reply: review.progress.reply },
  review_advice: { request: review.advice.request, reply: review.advice.reply },
  check_likelihoods: { request: review.likelihoods.request, reply: review.likelihoods.reply },
  compare_labels: { request: review.comparison.request, reply: review.comparison.reply },
  list_class_pairs: {
    request: object({ scan_key: text, ...pairRule }),
    reply: object({ class_pairs: listOf(classPair), total: count }),
  },
  /** With neither option, the rule of the class pair is deleted. */
  set_class_pair: {
    request: object({ ...open, class_pair: listOf(className), may_overlap: flag, iou_thresh: nullable(real) }),
    reply: object({ rules: count, summary: nullable(summary) }),
  },
  plan_details: { request: object(plan), reply: details },
  /** A piece of a file as text. The next piece is requested with `cursor`, until that is `null`. */
  export_rows: {
    request: object({
      what: oneOf("plan", "pairs", "class_pairs", "journal", "review"),
      format: oneOf("csv", "json"),
      cursor: nullable(text),
      /** The journal needs no open scan. */
      ...partial(plan),
    }),
    reply: object({ text, rows: count, cursor: nullable(text) }),
  },
  import_review: { request: review.imported.request, reply: review.imported.reply },
  write_report: { request: object(plan), reply: object({ filename: text, html: text }) },
  cvat_status: { request: nothing, reply: cvat.status },
  cvat_preview_upload: { request: object({ ...plan, ...cvat.selection }), reply: cvat.upload },
  send_to_cvat: { request: object({ ...plan, ...cvat.selection, ...cvat.options }), reply: object({ run }) },
  list_cvat: { request: nothing, reply: cvat.trips },
  preview_cvat_load: { request: cvat.previewLoad, reply: cvat.preview },
  show_cvat_labels: { request: cvat.showLabels, reply: object(ownView) },
  load_from_cvat: { request: cvat.load, reply: object({ ...written, ...cvat.loaded, summary: nullable(summary) }) },
  move_cvat: { request: cvat.move, reply: cvat.moved },
  discard_cvat: { request: cvat.discard, reply: cvat.discarded },
} as const;

export type MessageName = keyof typeof MESSAGES;
export type RequestOf<M extends MessageName> = TypeOf<(typeof MESSAGES)[M]["request"]>;
export type AnswerOf<M extends MessageName> = TypeOf<(typeof MESSAGES)[M]["reply"]>;

export const failureSchema = failure;
export type Failure = TypeOf<typeof failure>;
export type Reply<M extends MessageName> = { ok: true; answer: AnswerOf<M> } | { ok: false; error: Failure };

export type Summary = TypeOf<typeof summary>;
export type Measure = Summary["measure"];
export type Curve = TypeOf<typeof curve>;
export type ClassName = string | null;
export type Method = TypeOf<typeof method>;
export type Metric = TypeOf<typeof metric>;
export type DecidedCounts = TypeOf<typeof counts>;
export type Source = TypeOf<typeof source>;
export type Confirmed = Pick<RequestOf<"delete_labels">, keyof typeof confirmed>;
export type RotationUnit = TypeOf<typeof rotationUnit>;
export type Field = TypeOf<typeof field>;
export type Slice = TypeOf<typeof slice>;
export type Target = TypeOf<typeof target>;
export type ScanEntry = TypeOf<typeof scanEntry>;
export type Run = TypeOf<typeof run>;
export type JournalEntry = TypeOf<typeof action>;
export type CvatTrip = AnswerOf<"list_cvat">["trips"][number];
export type CvatPreview = AnswerOf<"preview_cvat_load">;
export type Freshness = TypeOf<typeof freshness>;
export type Cost = AnswerOf<"count_cost">;
export type PlanRef = RequestOf<"count_labels">;
export type Group = TypeOf<typeof group>;
export type Member = Group["members"][number];
export type KeepRule = TypeOf<typeof keepRule>;
export type Picture = TypeOf<typeof picture>;
export type TrackPair = TypeOf<typeof tracks.pair>;
export type ClassPair = TypeOf<typeof classPair>;
export type PlanDetails = TypeOf<typeof details>;
export type TableName = RequestOf<"export_rows">["what"];
export type Verdict = TypeOf<typeof review.verdict>;
export type ClassCount = TypeOf<typeof classCount>;
export type ScanRequest = RequestOf<"start_scan">;
