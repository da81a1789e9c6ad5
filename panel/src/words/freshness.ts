/** How a stored scan stands to the dataset as it is now. */
import type { Standing } from "../protocol/messages";
import { counted, grouped, reasonOf } from "./format";

/** Why the numbers of a scan are old, in one sentence; `null` when they are not. */
export function whyOld(standing: Standing | null, unit: string): string | null {
  if (standing === null || (standing.state === "up_to_date" && !standing.other_view)) return null;
  if (standing.state === "gone") return "This scan is no longer stored.";
  if (standing.state === "up_to_date") return "The view has changed since this scan; the numbers are about the view scanned.";
  const parts = [
    part(standing.edited, unit, "changed"),
    part(standing.added, unit, "added"),
    part(standing.removed, unit, "removed"),
  ].filter((text) => text !== null);
  const what = parts.length === 0 ? "verdicts or class pairs changed" : joined(parts);
  return `Out of date: since this scan ${what}.`;
}

function part(samples: number, unit: string, verb: string): string | null {
  return samples === 0 ? null : `${counted(samples, unit)} ${samples === 1 ? "was" : "were"} ${verb}`;
}

function joined(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]}`;
}

/** Labels that were left out, with the reasons: "2 labels were skipped: 2 no bounding box". */
export function skippedText(skipped: { count: number; reasons: Record<string, number> }): string | null {
  if (skipped.count === 0) return null;
  const reasons = Object.entries(skipped.reasons).map(([reason, n]) => `${grouped(n)} ${reasonOf(reason, n)}`);
  const what = `${counted(skipped.count, "label")} ${skipped.count === 1 ? "was" : "were"} skipped`;
  return reasons.length === 0 ? what : `${what}: ${reasons.join(", ")}`;
}
