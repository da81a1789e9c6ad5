/** The details of a plan. */
import { className, metric, reason, skipped } from "./parts";
import { count, flag, listOf, nullable, object, real, text } from "./schema";

/** The effect of a plan, before anything is written. */
export const details = object({
  labels: count,
  images: count,
  tags: listOf(object({ name: text, labels: count })),
  top_images: listOf(object({ sample_id: text, filepath: text, count })),
  /** By rule; `label` is the class of the example. */
  reasons: listOf(object({ rule: text, labels: count, example: reason, label: className })),
  /** The stages of the scanned view that change labels, which are deleted as they are stored. */
  label_changes: listOf(text),
  balance: listOf(object({ class: className, before: count, after: count, share_before: real, share_after: real })),
});

/** How the labels with the tag differ from a plan: `stale` ones have it from an earlier plan, `by_hand` ones from a person. */
export const tagState = object({ tagged: count, missing: count, stale: count, by_hand: count });

/** The objects that would lose every label; `scan_key` is `null` if no stored scan could judge it. */
export const emptied = object({ count, scan_key: nullable(text), iou_thresh: real, metric });

/** What a change of labels did; `cancelled` if the user stopped it before the rest. */
export const written = { cancelled: flag, labels: count, images: count, skipped, tagged: count, restore_key: nullable(text) };

/** What a cut is expected to cost: how many of the removed labels are right, with the 95 % interval, and how many more are missed. */
export const cost = object({ removed: count, right: real, below: real, low: nullable(real), high: nullable(real) });

/** How many labels verdicts remove, how many of these are merged, and the objects that a person removed whole. */
export const byVerdicts = { by_verdicts: count, merged: count, consented: count };
