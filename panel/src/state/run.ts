/** The state of a run. */
import type { Run } from "../protocol/messages";

export function isUnderWay(run: Run | null): boolean {
  return run?.state === "queued" || run?.state === "running";
}
