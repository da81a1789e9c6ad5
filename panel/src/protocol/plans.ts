/** The rules and the details of a plan. */
import { classCount, className, metric, operation, reason, skipped } from "./parts";
import { count, flag, listOf, nullable, object, oneOf, real, text } from "./schema";

/** A keep rule: its name in a menu and in a list of rules, and the words for its key and its values, empty if it has none. `{key}` and `{values}` stand for those. */
export const keepRule = object({ name: text, label: text, short: text, key: text, values: text });

/** The effect of a plan, before anything is written. */
export const details = object({
  labels: count,
  images: count,
  tags: listOf(object({ name: text, labels: count })),
  top_images: listOf(object({ sample_id: text, filepath: text, count })),
  /** By rule; `kind` are the words for all of its reasons, `label` is the class of the example. */
  reasons: listOf(object({ kind: text, labels: count, example: reason, label: className })),
  /** The stages of the scanned view that change labels, which are deleted as they are stored. */
  label_changes: listOf(text),
  balance: listOf(object({ class: className, before: count, after: count, share_before: real, share_after: real })),
});

/** The differences between the labels with the tag and a plan: `stale` ones have it from an earlier plan, `by_hand` ones from a person. */
export const tagState = object({ tagged: count, missing: count, stale: count, by_hand: count });

/** The objects that would lose every label; `scan_key` is `null` if no stored scan could judge it. */
export const emptied = object({ count, scan_key: nullable(text), iou_thresh: real, metric });

/** The result of a change of labels; `cancelled` if the user stopped it before it was complete. `restore_key` undoes it; `null` if nothing was changed. */
export const written = { cancelled: flag, labels: count, images: count, skipped, tagged: count, restore_key: nullable(text) };

/** The result of an undo. `others`: how many labels besides were changed back. `action_labels`: how many the action reported, 0 if it was cut off. */
export const restored = { ...written, operation, others: count, action_labels: count };

/**
 * One write in the journal. After a crash, its state remains "under_way". `untagged`: how many labels of an earlier plan
 * lost the tag. `undo_first`: the key of a later write that has to be undone before.
 */
export const action = object({
  restore_key: text,
  operation,
  field: text,
  count,
  samples: count,
  untagged: count,
  state: oneOf("under_way", "done", "restored"),
  created_at: text,
  tag: nullable(text),
  unit: text,
  undo_first: nullable(text),
});

/** The expected cost of a cut: the number of correctly removed labels with its 95 % interval, and the number of duplicates that it misses. */
export const cost = object({ removed: count, right: real, below: real, low: nullable(real), high: nullable(real) });

/** The number of labels that verdicts remove, the number of these that are merged, and the number of objects that a person removed whole. */
export const byVerdicts = { by_verdicts: count, merged: count, consented: count };

/**
 * What the user confirmed before a deletion: how many labels, and which by their `digest`. `sure` is the second confirmation that a deletion by IoS needs;
 * `emptied` objects may lose every label.
 */
export const confirmed = { expected: count, digest: text, sure: flag, emptied: count };

/** The labels that a deletion would remove. */
export const preview = object({
  labels: count,
  digest: text,
  images: count,
  classes: listOf(classCount),
  skipped,
  emptied,
  ...byVerdicts,
  /** Of a deletion by tag: the number of labels that verdicts merge. */
  not_merged: count,
  state: nullable(tagState),
});
