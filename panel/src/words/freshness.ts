/** The words for whether a scan is up to date, and for the labels that it skipped. */
import type { Freshness, Source } from "../protocol/messages";
import { labelsHold } from "../state/scan/freshness";
import { counted, grouped, reasonOf } from "./format";

/** "up to date", "out of date"; empty while unknown. */
export function freshnessText(freshness: Freshness | null): string {
  if (freshness === null) return "";
  if (freshness.state === "gone") return "deleted";
  if (!labelsHold(freshness)) return "out of date";
  return freshness.other_view ? "another view" : "up to date";
}

/** Returns the reason why the numbers of a scan are outdated; `null` if they are not. */
export function whyOld(freshness: Freshness | null, unit: string): string | null {
  if (freshness === null || (labelsHold(freshness) && !freshness.other_view)) return null;
  if (freshness.state === "gone") return "This scan is no longer stored.";
  if (labelsHold(freshness)) return "The view has changed since this scan. The numbers refer to the scanned view.";
  const parts = [
    part(freshness.edited, unit, "changed"),
    part(freshness.added, unit, "added"),
    part(freshness.removed, unit, "removed"),
  ].filter((text) => text !== null);
  return `Out of date: ${joined(parts)} since this scan.`;
}

function part(samples: number, unit: string, verb: string): string | null {
  return samples === 0 ? null : `${counted(samples, unit)} ${samples === 1 ? "was" : "were"} ${verb}`;
}

function joined(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]}`;
}

/** Skipped labels with the reasons: "2 labels were skipped: 2 no bounding box". */
export function skippedText(skipped: { count: number; reasons: Record<string, number> }): string | null {
  if (skipped.count === 0) return null;
  const reasons = Object.entries(skipped.reasons).map(([reason, n]) => `${grouped(n)} ${reasonOf(reason, n)}`);
  const what = `${counted(skipped.count, "label")} ${skipped.count === 1 ? "was" : "were"} skipped`;
  return reasons.length === 0 ? what : `${what}: ${reasons.join(", ")}`;
}

/** The reason why a deletion would remove nothing: "All 3 labels are gone already, or were changed since the scan: there is nothing left to delete." */
export function nothingText(skipped: { count: number; reasons: Record<string, number> }, source: Source): string {
  if (skipped.count > 0) {
    const isGone = Object.keys(skipped.reasons).every((reason) => reason.endsWith("since the scan"));
    const all = skipped.count === 1 ? "The label is gone already, or was" : `All ${counted(skipped.count, "label")} are gone already, or were`;
    return isGone ? `${all} changed since the scan: there is nothing left to delete.` : `There is nothing left to delete. ${skippedText(skipped)}.`;
  }
  if (source === "tag") return "No label has the tag.";
  return source === "plan" ? "No label would be removed at this threshold." : "Your verdicts remove no label, or their labels are gone already: there is nothing to delete.";
}
