/** The sentence below the slider, about the labels that the buttons would act on. */
import type { Cost, Metric } from "../protocol/messages";
import { labelsIn, largestOverlap, type Numbers, type Restriction, type Scan } from "../state/scan/scan";
import { formatThreshold, HIGHEST, LAST_ON_SLIDER, toThousandths } from "../state/decision/thresholds";
import { classesLabel } from "./classes";
import { counted, grouped } from "./format";
import { byVerdictsText } from "./byVerdicts";

export interface Sentence {
  readonly at: string;
  /** The number to emphasize; empty if nothing would be removed. */
  readonly number: string;
  readonly rest: string;
}

interface At {
  readonly threshold: number;
  readonly restriction: Restriction;
  readonly metric: Metric;
  /** The number of these labels that verdicts remove; `null` if that is not known. */
  readonly byVerdicts?: number | null;
  readonly cost?: Cost | null;
}

/** `holds` is false if the labels have changed since the scan: then its numbers are those of the past. */
export function sentenceAt(scan: Scan, { threshold, restriction, metric, byVerdicts = null, cost = null }: At, numbers: Numbers, holds = true): Sentence {
  const at = `At ${formatThreshold(threshold)}${threshold === LAST_ON_SLIDER && metric === "iou" ? ", exact copies only" : ""}`;
  const of = labelsIn(scan, restriction);
  const removed = holds ? "would be removed" : "would have been removed when this was scanned";
  if (numbers.labels === 0) return { at, number: "", rest: nothingRemoved(scan, threshold, restriction, metric).replace("would be removed", removed) };
  const whose = restriction === null ? "" : ` of ${classesLabel(restriction)}`;
  const images = numbers.images === null ? "" : `in ${counted(numbers.images, scan.summary.unit)}`;
  const likely = metric === "likelihood" ? `each more than ${threshold / 10} % likely to be one object with another label` : "";
  // what verdicts remove may be of any likelihood
  const others = likely === "" || byVerdicts === numbers.labels ? "" : `the others ${likely}`;
  const parts = byVerdicts ? [images, byVerdictsText(byVerdicts), others] : [likely, images];
  const details = parts.map((part) => (part === "" ? "" : `, ${part}`)).join("");
  return { at, number: grouped(numbers.labels), rest: ` of ${counted(of, "label")}${whose} ${removed}${details}${cost === null ? "" : costText(cost)}` };
}

function nothingRemoved(scan: Scan, threshold: number, restriction: Restriction, metric: Metric): string {
  if (restriction !== null) return `no label of ${classesLabel(restriction)} would be removed`;
  if (threshold === HIGHEST) return `nothing would be removed: no ${metric === "likelihood" ? "likelihood" : "overlap"} can be above 1`;
  if (metric !== "iou") return "nothing would be removed";
  const largest = largestOverlap(scan);
  if (largest === null) return "nothing would be removed: no two labels overlap";
  if (largest * 1000 > threshold) return "nothing would be removed";
  return `nothing would be removed: the largest overlap is below ${formatThreshold(toThousandths(largest))}`;
}

/** The expected correctness of the removals, in the words of the operators; an estimate until a person has reviewed them. */
export function costText({ removed, right, below, low, high }: Cost): string {
  const [from, to] = [Math.round(low ?? right), Math.round(high ?? right)];
  const about = from === to ? grouped(Math.round(right)) : `${grouped(from)} to ${grouped(to)}`;
  const more = Math.round(below);
  const found = removed === 0 ? "" : `; about ${about} of them ${about === "1" ? "is a duplicate" : "are duplicates"} of a kept label`;
  return more === 0 ? found : `${found}; about ${counted(more, "duplicate")} ${more === 1 ? "remains" : "remain"}`;
}

/** The sentence in short: "0.75 · 204 of 1,783 in 136 images". `holds` as for the sentence. */
export function foldedText(scan: Scan, { threshold, restriction }: At, numbers: Numbers | null, holds = true): string {
  const at = formatThreshold(threshold);
  if (numbers === null) return `${at} · counting…`;
  const whose = restriction === null ? "" : ` of ${classesLabel(restriction)}`;
  const images = numbers.images === null ? "" : ` in ${counted(numbers.images, scan.summary.unit)}`;
  return `${at} · ${grouped(numbers.labels)} of ${grouped(labelsIn(scan, restriction))}${whose}${images}${holds ? "" : ", when scanned"}`;
}

/** The sentence as one string, for screen readers and exports. */
export function asText(sentence: Sentence): string {
  return `${sentence.at}: ${sentence.number}${sentence.rest}`;
}
