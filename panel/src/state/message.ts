/** The line about the last action. */
import { countKey, type Cut } from "./cut/cut";
import type { Scan } from "./scan/scan";

/** The result of the last action, and the button that undoes it. */
export interface Message {
  readonly text: string;
  readonly action: { readonly label: string; readonly run: () => void } | null;
  /** Whether it is true only of the cut at which it was shown. */
  readonly ofCut?: boolean;
}

interface At {
  readonly scan: Scan | null;
  readonly cut: Cut | null;
}

/** Identifies the scan, the decision and the threshold, also while it is dragged. */
function cutKey({ scan, cut }: At): string {
  return scan === null || cut === null ? "" : countKey(scan, cut, cut.threshold);
}

/** Whether a message is about the cut before a change, and the cut is another one after it. */
export function isOutdated(message: Message | null, before: At, after: At): boolean {
  return message?.ofCut === true && cutKey(before) !== cutKey(after);
}
