/** Counts after a verdict, which changes those of one image. */
import type { AnswerOf, ClassName, Curve } from "../../protocol/messages";
import { countsOf, type Recounts } from "./cut";
import { type Decision, decisionKey, isStored } from "../decision/decision";
import type { Counts, Scan } from "../scan/scan";

export type Delta = AnswerOf<"judge_pairs">["delta"];

/** Adds the changes at each threshold to the counts of a decision. Counts of other decisions that are not stored are no longer known. */
export function movedBy(scan: Scan, recounts: Recounts, decision: Decision, delta: Delta): { scan: Scan; recounts: Recounts } {
  const counts = countsOf(scan, decision, recounts);
  if (counts === null) return { scan, recounts: new Map() };
  const next = moved(counts, delta);
  if (!isStored(decision, scan.summary.params)) return { scan, recounts: new Map([[decisionKey(decision), next]]) };
  return { scan: { ...scan, stored: { ...scan.stored, [decision.method]: next } }, recounts: new Map() };
}

function moved({ all, byClass }: Counts, { labels, images, classes }: Delta): Counts {
  const next = new Map<ClassName, Curve>(byClass);
  const none = labels.map(() => 0);
  for (const entry of classes) next.set(entry.name, sum(next.get(entry.name) ?? { labels: none, images: none }, entry));
  return { all: sum(all, { labels, images }), byClass: next };
}

function sum(a: Curve, b: Curve): Curve {
  return { labels: added(a.labels, b.labels), images: added(a.images, b.images) };
}

function added(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, k) => Math.max(0, value + (b[k] ?? 0)));
}
