/** What messages are made of, and the stored summary of a scan. */
import { count, flag, listOf, mapOf, nullable, object, oneOf, optional, real, scalar, text } from "./schema";

/** A label that has no class is of class `null`. */
export const className = nullable(text);
export const method = oneOf("simple", "greedy", "nms", "fewest");
export const metric = oneOf("iou", "ios");
/** Who goes and who stays: the method, rules in order of preference, and what is compared with the threshold. */
export const decision = { method, keep: listOf(text), metric };
export const rotationUnit = oneOf("degrees", "radians");
export const source = oneOf("plan", "tag");
export const nothing = object({});

/** Labels and images at each of the thresholds. */
export const curve = object({ labels: listOf(count), images: listOf(count) });
export const skipped = object({ count, reasons: mapOf(count) });
export const classCount = object({ name: className, labels: count });

export const curves = { simple: optional(nullable(curve)), greedy: optional(nullable(curve)) };
export const classSummary = object({ name: className, labels: count, ...curves });

export const summary = object({
  scan_key: text,
  /** What holds the labels, in the singular: "image", "frame", "scene", ... */
  unit: text,
  title: text,
  created_at: text,
  /** What its numbers are: keypoints have a similarity of their own. */
  measure: oneOf("IoU", "OKS"),
  /** What was compared, in words, where that is not the usual thing. */
  compared: listOf(text),
  /** `compare`: one of the field's ways; `null` for the usual one. */
  params: object({ label_field: text, other_field: nullable(text), classwise: flag, compare: nullable(text), keypoint_sigmas: nullable(listOf(real)), unmarked_as_missing: flag, iou_thresh: real, ...decision }),
  /** The units of the rotations of each field that was compared; empty where no box is turned. */
  rotations: optional(listOf(rotationUnit)),
  /** How many keypoints are probably not marked, in words; `null` where all are. */
  unmarked: nullable(text),
  /** `frames` of videos. */
  scope: object({ kind: oneOf("dataset", "view", "selection"), samples: count, frames: optional(count), slices: nullable(listOf(text)) }),
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

export const failure = object({ message: text, consequence: optional(text), advice: optional(text), details: optional(text) });

export const field = object({
  name: text,
  kind: text,
  writable: flag,
  /** What of its labels can be compared, the usual first; empty where there is no choice. */
  compare: listOf(text),
  /** Sigmas that keypoints may be compared with, beside 1 for all; empty for other labels. */
  sigmas: listOf(object({ name: text, values: listOf(real) })),
  /** Whether some of its boxes are turned, so that their angles have a unit. */
  turned: optional(flag),
  /** Whether the App can show its labels as patches. */
  patches: flag,
  /** The slices of a grouped dataset in which its labels can be compared. */
  slices: listOf(text),
});
export const slice = object({ name: text, media_type: text });
/** `slices`: those of a view that selects them itself, so that there is no choice. */
export const target = object({ kind: oneOf("dataset", "view", "selection"), samples: count, slices: nullable(listOf(text)) });

export const scanEntry = object({
  scan_key: text,
  title: text,
  created_at: text,
  label_field: text,
  other_field: nullable(text),
  classwise: flag,
  compared: listOf(text),
  scope: oneOf("dataset", "view", "selection"),
  slices: nullable(listOf(text)),
  labels: count,
  samples: count,
});

export const run = object({
  run_id: text,
  state: oneOf("queued", "running", "done", "failed", "cancelled"),
  background: flag,
  /** What is gone through, in the singular. */
  unit: text,
  done: count,
  total: count,
  /** Seconds that a queued run has been waiting for a worker. */
  waiting: real,
  scan_key: nullable(text),
  error: nullable(failure),
});

/** How the dataset stands to a stored scan, and how many of its labels bear the tag. */
export const standing = object({
  state: oneOf("up_to_date", "changed", "gone"),
  added: count,
  removed: count,
  edited: count,
  other_view: flag,
  tagged: count,
});

/** What a decision takes at each threshold, in all and of the classes that lose a label. */
export const counts = object({
  labels: listOf(count),
  images: listOf(count),
  classes: listOf(object({ name: className, labels: listOf(count), images: listOf(count) })),
  /** Labels by their largest IoS; `null` where the scan's own histogram holds. */
  histogram: nullable(listOf(count)),
});

export const plan = { scan_key: text, iou_thresh: real, ...decision, classes: nullable(listOf(className)) };
export const scanKey = object({ scan_key: text });
export const runId = object({ run_id: text });
/** `restore_key` undoes it; `null` when nothing was changed. */
export const written = { labels: count, images: count, skipped, tagged: count, restore_key: nullable(text) };
export const operation = oneOf("tag", "untag", "delete", "merge", "cvat", "overwrite");

/** What the journal knows of one write. One that a crash cut off stays "under_way". */
export const action = object({
  restore_key: text,
  operation,
  field: text,
  count,
  samples: count,
  state: oneOf("under_way", "done", "restored"),
  created_at: text,
  tag: nullable(text),
  unit: text,
});

/** Why a label is removed: the rule, and what it found of the kept and of the removed label. See `iou_core/reasons.py`. */
export const reason = object({ rule: text, kept: scalar, removed: scalar, unit: text });

const member = object({
  label_id: text,
  field: text,
  label: className,
  confidence: nullable(real),
  stays: flag,
  partner_id: nullable(text),
  /** Why its partner is kept and it is not; `null` for a kept label. */
  reason: nullable(reason),
});

/** Of a large group only the first members and the likeliest pairs are listed. */
export const group = object({
  sample_id: text,
  /** The sample; of labels of a video's frames, the frame. */
  holder_id: text,
  frame_number: nullable(count),
  filepath: text,
  kind: oneOf("clique", "chain"),
  size: count,
  likelihood: real,
  members: listOf(member),
  n_pairs: count,
  pairs: listOf(object({ label_ids: listOf(text), iou: real, ios: real, likelihood: real, share: real })),
});

/** Labels in what they are in. Paths and places are in units of `width` and `height`; the image fills the width, from the top. */
export const picture = object({
  width: count,
  height: count,
  source: nullable(text),
  image_height: count,
  /** Why there is no image, or nothing to see at all. */
  note: nullable(text),
  /** A path of what is there for comparison. */
  guides: text,
  texts: listOf(object({ x: real, y: real, text, anchor: oneOf("start", "middle", "end") })),
  shapes: listOf(object({ label_id: text, outline: text, dots: text, filled: flag })),
  /** No shape covers another, so all lines are equally thick. */
  separate: flag,
});

export const verdict = object({ label_ids: listOf(text), created_at: text, sample_id: nullable(text), labels: listOf(className) });

/** How often labels of two classes overlap: `counts` as far as there are any, and what holds for them. */
export const classPair = object({
  classes: listOf(className),
  counts: listOf(count),
  /** Which share of the overlaps is of one object. */
  share: real,
  may_overlap: flag,
  iou_thresh: nullable(real),
});
