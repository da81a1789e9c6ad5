/** The cut: the threshold and the decision that every number and every button refers to. */
import type { AnswerOf, ClassName, Method, PlanRef, RequestOf } from "../../protocol/messages";
import { type Decision, decisionKey, decisionOf, METHODS, PLAIN } from "../decision/decision";
import type { CountAxis, Remembered } from "./remembered";
import { countByClass, type Counts, countsFrom, type Numbers, numbersAt, restrictedTo, type Restriction, type Scan, storedCountsOf } from "../scan/scan";
import type { Tabs } from "../scan/tabs";
import { firstOf, HIGHEST, lowestOf, toIou, toThousandths } from "../decision/thresholds";

export interface Cut extends Decision {
  readonly threshold: number;
  /** The threshold when the slider was last released. */
  readonly settled: number;
  readonly axis: CountAxis;
  readonly restriction: Restriction;
}

export interface Counted {
  readonly key: string;
  readonly answer: AnswerOf<"count_labels">;
}

export interface Outcome {
  readonly numbers: Numbers | null;
  readonly byClass: ReadonlyMap<ClassName, number> | null;
}

export type Recounts = ReadonlyMap<string, Counts>;

/** The cut remembered for a scan, else the one that it was made with. */
export function firstCut(scan: Scan, remembered: Remembered): Cut {
  const { params } = scan.summary;
  const usable = remembered.decision?.metric !== "likelihood" || params.other_field === null;
  const same = usable && remembered.scanKey === scan.summary.scan_key;
  const threshold = (same ? remembered.threshold : null) ?? toThousandths(params.iou_thresh);
  const { method, keep, metric, classwise } = (same ? remembered.decision : null) ?? params;
  return withinReach({
    threshold,
    settled: threshold,
    method,
    keep,
    metric,
    classwise: classwise || params.classwise,
    axis: remembered.axis,
    restriction: same ? restrictedTo(scan, remembered.restriction) : null,
  });
}

/** The cut after a change. To and from a likelihood, the threshold changes as well. */
export function changedCut(cut: Cut, change: Partial<Cut>): Cut {
  const { metric } = { ...cut, ...change };
  const isOther = metric !== cut.metric && [metric, cut.metric].includes("likelihood");
  const threshold = firstOf(metric);
  return withinReach({ ...cut, ...(isOther ? { threshold, settled: threshold } : {}), ...change });
}

/** Raises thresholds to the lowest overlap that a scan stores. */
function withinReach(cut: Cut): Cut {
  const lowest = lowestOf(cut.metric);
  if (cut.threshold >= lowest && cut.settled >= lowest) return cut;
  return { ...cut, threshold: Math.max(cut.threshold, lowest), settled: Math.max(cut.settled, lowest) };
}

/** The cut with the decision that every scan has the counts of. */
export function plainCut({ summary }: Scan, cut: Cut): Cut {
  return { ...cut, ...PLAIN, classwise: summary.params.classwise };
}

/** The counts of a decision; `null` while the server counts. */
export function countsOf(scan: Scan, decision: Decision, recounts: Recounts): Counts | null {
  return storedCountsOf(scan, decision) ?? recounts.get(decisionKey(decision)) ?? null;
}

export function countKey(scan: Scan, cut: Cut, threshold: number): string {
  return JSON.stringify([scan.summary.scan_key, threshold, decisionKey(cut), cut.restriction]);
}

/** The numbers at the cut: from the curves if possible, else from the answer of the server, else `null`. */
export function outcomeOf(scan: Scan, cut: Cut, counts: Counts | null, counted: Counted | null): Outcome {
  if (counts === null) return { numbers: null, byClass: null };
  const known = numbersAt(scan, counts, cut.threshold, cut.restriction);
  const byClass = countByClass(scan, counts, cut.threshold);
  if (known !== null && known.images !== null) return { numbers: known, byClass };
  if (counted === null || counted.key !== countKey(scan, cut, cut.threshold)) return { numbers: known, byClass };
  const { labels, images, classes } = counted.answer;
  return { numbers: { labels, images }, byClass: byClass ?? countsFrom(classes) };
}

/** Whether the server has to be asked. It is not while the slider is dragged, or while it counts all thresholds. */
export function mustAsk(scan: Scan, cut: Cut, counts: Counts | null, counted: Counted | null): boolean {
  if (counts === null || cut.threshold !== cut.settled) return false;
  const { numbers } = outcomeOf(scan, cut, counts, counted);
  return numbers === null || numbers.images === null;
}

/** The number of labels that each method would remove, for the methods whose counts are known. */
export function storedNumbers(scan: Scan, decision: Decision, recounts: Recounts, threshold: number, restriction: Restriction): Partial<Record<Method, number>> {
  const found: Partial<Record<Method, number>> = {};
  for (const method of METHODS) {
    const counts = countsOf(scan, { ...decision, method }, recounts);
    const numbers = counts && numbersAt(scan, counts, threshold, restriction);
    if (numbers) found[method] = numbers.labels;
  }
  return found;
}

/** The plan that the buttons act on: the scan, the settled threshold and the decision. */
export function planAt(scan: Scan, cut: Cut): PlanRef {
  const classes = cut.restriction === null ? null : [...cut.restriction];
  return { scan_key: scan.summary.scan_key, iou_thresh: toIou(Math.min(cut.settled, HIGHEST)), ...decisionOf(cut), classes };
}

/** The counts of bars that are not stored with the scan, by their key. */
export type Bars = ReadonlyMap<string, readonly number[]>;

type Compared = Pick<Cut, "metric" | "classwise" | "restriction">;

export function barsKey({ metric, classwise, restriction }: Compared): string {
  return JSON.stringify([metric, classwise, restriction]);
}

/** The bars of the histogram: how many labels of the restriction have which largest overlap with another label; `null` while the server counts. */
export function barsOf({ summary }: Scan, cut: Compared, known: Bars): readonly number[] | null {
  const isOfScan = cut.metric === "iou" && cut.classwise === summary.params.classwise && cut.restriction === null;
  return isOfScan ? summary.histogram.counts : (known.get(barsKey(cut)) ?? null);
}

export function barsRequest({ summary }: Scan, { metric, classwise, restriction }: Compared): RequestOf<"count_bars"> {
  return { scan_key: summary.scan_key, metric, classwise, classes: restriction && [...restriction] };
}

/** Counts by rules about tags are wrong once labels are tagged. */
export function withoutTagRules(recounts: Recounts): Recounts {
  return new Map([...recounts].filter(([key]) => !key.includes('"tagged:')));
}

/** Another cut has other groups, so their first page is shown again. */
export function tabsAfter(tabs: Tabs, change: Partial<Cut>): Tabs {
  const { settled, method, keep, metric, classwise, restriction } = change;
  return [settled, method, keep, metric, classwise, restriction].every((value) => value === undefined) ? tabs : { ...tabs, page: 0 };
}
