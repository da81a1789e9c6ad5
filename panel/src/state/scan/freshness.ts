/** Whether the labels are as they were when they were scanned. */
import type { Freshness } from "../../protocol/messages";

/** Whether verdicts or rules of class pairs, but no label, were changed since the scan. Its overlaps hold; it is counted anew. */
export function isRejudged({ state, edited, added, removed }: Freshness): boolean {
  return state === "changed" && edited + added + removed === 0;
}

/** Whether no label was changed since the scan. */
export function labelsHold(freshness: Freshness): boolean {
  return freshness.state === "up_to_date" || isRejudged(freshness);
}
