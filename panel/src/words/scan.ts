/** What a scan covers, in words. */
import type { ScanEntry } from "../protocol/messages";
import type { SliceChoice } from "../state/slices";
import type { Tab } from "../state/tabs";

export const TAB_LABELS: Readonly<Record<Tab, string>> = { classes: "By class", pairs: "By class pair", groups: "Groups", tracks: "Tracks" };

export function scopeLabel(kind: ScanEntry["scope"]): string {
  return { dataset: "Dataset", view: "Current view", selection: "Selected samples" }[kind];
}

/** "slice left", "slices left and right" */
export function slicesLabel(names: readonly string[]): string {
  const last = names[names.length - 1] ?? "";
  return names.length < 2 ? `slice ${last}` : `slices ${names.slice(0, -1).join(", ")} and ${last}`;
}

/** "left", "left and right", "all 4: left, right, front, back" */
export function chosenLabel({ offered, chosen }: SliceChoice): string {
  if (chosen.length > 2 && chosen.length === offered.length) return `all ${chosen.length}: ${chosen.join(", ")}`;
  return slicesLabel(chosen).replace(/^slices? /, "");
}
