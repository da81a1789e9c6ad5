/** The parts of messages, and the stored summary of a scan. */
import { count, flag, listOf, mapOf, nullable, object, oneOf, optional, real, text } from "./schema";

/** `null` for a label without a class. */
export const className = nullable(text);
export const method = oneOf("simple", "greedy", "nms", "fewest");
export const metric = oneOf("iou", "ios", "likelihood");
/** The pairs that count: by what is compared with the threshold, and whether only labels of the same class are pairs. */
export const pairRule = { metric, classwise: flag };
/** The decision which labels are removed: the method, the keep rules in order of preference, and the pairs that count. */
export const decision = { method, keep: listOf(text), ...pairRule };
export const rotationUnit = oneOf("degrees", "radians");
export const source = oneOf("plan", "tag", "reviewed");
export const nothing = object({});

/** At each of the thresholds. */
export const curve = object({ labels: listOf(count), images: listOf(count) });
export const skipped = object({ count, reasons: mapOf(count) });
export const classCount = object({ name: className, labels: count });

export const curves = { simple: optional(nullable(curve)), greedy: optional(nullable(curve)) };
export const classSummary = object({ name: className, labels: count, ...curves });

export const summary = object({
  scan_key: text,
  /** The unit that contains the labels, in the singular: "image", "frame", "scene", ... */
  unit: text,
  title: text,
  created_at: text,
  /** The compared shapes: "boxes", "masks", "keypoints", ... */
  kind: text,
  /** The similarity: OKS for keypoints. */
  measure: oneOf("IoU", "OKS"),
  /** The options of the comparison that differ from the default, in words. */
  compared: listOf(text),
  /** `compare` is one of the options of the field; `null` for the default. */
  params: object({ label_field: text, other_field: nullable(text), compare: nullable(text), keypoint_sigmas: nullable(listOf(real)), unmarked_as_missing: flag, iou_thresh: real, ...decision }),
  /** The units of the rotations of each field that was compared; empty if no box is rotated. */
  rotations: optional(listOf(rotationUnit)),
  /** The number of keypoints that are probably not marked, in words; `null` if all are marked. */
  unmarked: nullable(text),
  /** `frames` is given for videos. */
  scope: object({ kind: oneOf("dataset", "view", "selection"), samples: count, frames: optional(count), slices: nullable(listOf(text)) }),
  labels: count,
  samples: count,
  skipped,
  thresholds: listOf(real),
  histogram: object({ edges: listOf(real), counts: listOf(count), zero: count, none: count }),
  /** `greedy` is `null` until it was counted once. */
  curves: object({ simple: curve, greedy: nullable(curve) }),
  classes: listOf(classSummary),
  n_pairs: count,
  truncated: count,
});

export const failure = object({ message: text, consequence: optional(text), advice: optional(text), details: optional(text) });

export const field = object({
  name: text,
  kind: text,
  writable: flag,
  /** The options to compare, the default first; empty if there is no choice. */
  compare: listOf(text),
  /** The named sigmas for keypoints, besides 1 for all; empty for other labels. */
  sigmas: listOf(object({ name: text, values: listOf(real) })),
  /** Whether some of its boxes are rotated, so that the unit of angles matters. */
  turned: optional(flag),
  /** Whether the App can show its labels as patches. */
  patches: flag,
  /** The slices of a grouped dataset in which its labels can be compared. */
  slices: listOf(text),
});
export const slice = object({ name: text, media_type: text });
/** `slices` are those that the view selects itself, so that there is no choice. */
export const target = object({ kind: oneOf("dataset", "view", "selection"), samples: count, slices: nullable(listOf(text)) });

export const scanEntry = object({
  scan_key: text,
  title: text,
  created_at: text,
  label_field: text,
  other_field: nullable(text),
  classwise: flag,
  kind: text, compared: listOf(text),
  scope: oneOf("dataset", "view", "selection"),
  slices: nullable(listOf(text)),
  labels: count, samples: count, unit: text,
  /** The threshold that the scan was made with, and how many labels it would remove. */
  iou_thresh: real,
  removed: count,
});

export const run = object({
  run_id: text,
  state: oneOf("queued", "running", "done", "failed", "cancelled"),
  background: flag,
  /** The unit of the progress, in the singular. */
  unit: text,
  done: count,
  total: count,
  /** The seconds that a queued run has been waiting for a worker. */
  waiting: real,
  /** The reason why a run waits, such as a server that throttles; `null` if it does not wait. */
  waits: nullable(text),
  scan_key: nullable(text),
  error: nullable(failure),
});

/** Texts that change whenever samples do, or verdicts and rules of class pairs. */
export const seen = object({ samples: text, verdicts: text });

/** The changes of the dataset since a stored scan, and the number of its labels with the tag. */
export const freshness = object({
  state: oneOf("up_to_date", "changed", "gone"),
  added: count,
  removed: count,
  edited: count,
  other_view: flag,
  tagged: count,
});

/** The number of labels that a decision removes at each threshold: in total, and for each class that loses a label. */
export const counts = object({
  labels: listOf(count),
  images: listOf(count),
  classes: listOf(object({ name: className, labels: listOf(count), images: listOf(count) })),
});

export const plan = { scan_key: text, iou_thresh: real, ...decision, classes: nullable(listOf(className)) };
export const scanKey = object({ scan_key: text });
export const runId = object({ run_id: text });
export const operation = oneOf("tag", "untag", "delete", "merge", "cvat", "overwrite");

/** The reason why a label is removed, in words. `names_kept`: the other label is kept, and the words are about it. */
export const reason = object({ rule: text, text, names_kept: flag });
export const member = object({
  label_id: text,
  field: text,
  label: className,
  confidence: nullable(real),
  is_kept: flag,
  partner_id: nullable(text),
  /** The reason why its partner is kept instead; `null` for a kept label. */
  reason: nullable(reason),
});

/** `mask_iou`: that of the masks beside boxes, if known; `why`: what its likelihood comes from, in words; may be empty. */
export const pair = object({ label_ids: listOf(text), iou: real, ios: real, mask_iou: nullable(real), likelihood: real, share: real, why: text });

/** For a large group, only the first members and the most likely pairs are listed. */
export const group = object({
  sample_id: text,
  /** The id of the document that contains the labels: the sample, or the frame of a video. */
  document_id: text,
  frame_number: nullable(count),
  filepath: text,
  kind: oneOf("clique", "chain"),
  size: count,
  likelihood: real,
  members: listOf(member),
  n_pairs: count,
  pairs: listOf(pair),
});

/** A picture of labels. Coordinates are in units of `width` and `height`; the image fills the width, from the top. */
export const picture = object({
  width: count,
  height: count,
  source: nullable(text),
  image_height: count,
  /** The reason why there is no image, or no picture at all. */
  note: nullable(text),
  /** A path of guide lines. */
  guides: text,
  texts: listOf(object({ x: real, y: real, text, anchor: oneOf("start", "middle", "end") })),
  shapes: listOf(object({ label_id: text, outline: text, dots: text, filled: flag })),
  /** Whether no shape covers another one, so that all lines can be equally thick. */
  separate: flag,
});

/** The number of overlaps of two classes at each threshold, and their rule. `counts` ends at the last threshold with an overlap. */
export const classPair = object({
  classes: listOf(className),
  counts: listOf(count),
  /** The share of the overlaps that are two labels of one object. */
  share: real,
  may_overlap: flag,
  iou_thresh: nullable(real),
});
