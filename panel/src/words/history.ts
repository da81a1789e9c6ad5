/** Changes of labels, in words. */
import type { AnswerOf, JournalEntry } from "../protocol/messages";
import { counted } from "./format";
import { skippedText } from "./freshness";
import { lostText } from "./tags";

const UNDONE = {
  untag: "Undid the untagging",
  delete: "Undid the deletion",
  merge: "Undid the merge",
  cvat: "Undid the load from CVAT",
  overwrite: "Restored the values",
} as const;

/** "Undid the deletion: 54 labels in 48 images; 3 kept labels changed back" */
export function undoneText({ operation, labels, images, others, action_labels: all }: AnswerOf<"restore">, unit: string): string {
  const where = `${counted(labels, "label")} in ${counted(images, unit)}`;
  if (operation === "tag") {
    const back = others === 0 ? "" : `; ${counted(others, "label")} of an earlier plan ${others === 1 ? "has" : "have"} it again`;
    // labels that had the tag before keep it
    return all === 0 || (labels === all && others === 0) ? `Undid the tagging: ${where}` : `Undid the tagging of ${counted(all, "label")}: removed the tag from ${where}${back}`;
  }
  return `${UNDONE[operation]}: ${where}${others === 0 ? "" : `; ${counted(others, "kept label")} changed back`}`;
}

/** "Deleted 54 labels in 48 images" */
export function entryTitle({ operation, unit, count, samples, tag, untagged }: JournalEntry): string {
  const labels = `${counted(count, "label")}${samples > 0 ? ` in ${counted(samples, unit)}` : ""}`;
  if (operation === "delete") return `Deleted ${labels}`;
  if (operation === "merge") return `Merged ${labels}`;
  if (operation === "cvat") return `Loaded ${labels} from CVAT`;
  if (operation === "overwrite") return `Overwrote values of ${labels}`;
  const name = tag === null ? "" : ` “${tag}”`;
  return operation === "tag" ? `Tagged ${labels}${name}${lostText(untagged)}` : `Untagged ${labels}${name}`;
}

/** The reason why an action cannot be undone yet: 'First undo the later action "Deleted 54 labels in 48 images".' */
export function firstText({ undo_first }: JournalEntry, actions: readonly JournalEntry[]): string | null {
  if (undo_first === null) return null;
  const first = actions.find(({ restore_key }) => restore_key === undo_first);
  const name = first === undefined ? "that changed the same labels" : `“${entryTitle(first)}”, which changed the same labels`;
  return `First undo the later action ${name}.`;
}

export function stateText({ state }: JournalEntry): string {
  return { done: "", restored: "undone", under_way: "not finished" }[state];
}

interface Outcome {
  readonly cancelled: boolean;
  readonly labels: number;
  readonly skipped: { count: number; reasons: Record<string, number> };
}

/** The result of a change, also if it was canceled midway, followed by the labels that were skipped. */
export function outcomeText(message: string, { cancelled, labels, skipped }: Outcome): string {
  if (cancelled && labels === 0) return "Canceled. No label was changed.";
  return changedText(cancelled ? `Canceled midway. ${message}` : message, skipped);
}

function changedText(message: string, skipped: { count: number; reasons: Record<string, number> }): string {
  const left = skippedText(skipped);
  return left === null ? `${message}.` : `${message}. ${left}.`;
}
