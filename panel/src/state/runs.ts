import type { Run } from "../types";

export function isUnderWay(run: Run | null): boolean {
  return run?.state === "queued" || run?.state === "running";
}
