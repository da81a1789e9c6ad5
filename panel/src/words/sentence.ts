/** The sentence under the slider: always true, always about what the buttons would do now. */
import { classesLabel, counted, grouped } from "./format";
import type { Metric } from "../protocol/messages";
import type { Numbers, Restriction, Scan } from "../state/scan";
import { labelsIn, largestOverlap } from "../state/scan";
import { formatThreshold, LAST_ON_SLIDER } from "../state/thresholds";

export interface Sentence {
  readonly at: string;
  /** The number to stress; empty when nothing would go. */
  readonly number: string;
  readonly rest: string;
}

interface At {
  readonly threshold: number;
  readonly restriction: Restriction;
  readonly metric: Metric;
}

export function sentenceAt(scan: Scan, { threshold, restriction, metric }: At, numbers: Numbers): Sentence {
  const at = `At ${formatThreshold(threshold)}${threshold === LAST_ON_SLIDER && metric === "iou" ? ", exact copies only" : ""}`;
  const of = labelsIn(scan, restriction);
  if (numbers.labels === 0) return { at, number: "", rest: nothingGoes(scan, threshold, restriction, metric) };
  const whose = restriction === null ? "" : ` of ${classesLabel(restriction)}`;
  const images = numbers.images === null ? "" : `, in ${counted(numbers.images, scan.summary.unit)}`;
  return { at, number: grouped(numbers.labels), rest: ` of ${counted(of, "label")}${whose} would go${images}` };
}

function nothingGoes(scan: Scan, threshold: number, restriction: Restriction, metric: Metric): string {
  if (restriction !== null) return `no label of ${classesLabel(restriction)} would go`;
  if (metric === "ios") return "nothing would go";
  const largest = largestOverlap(scan);
  if (largest === null) return "nothing would go: no two labels overlap";
  if (largest * 1000 > threshold) return "nothing would go";
  return `nothing would go: the largest overlap is below ${largest.toFixed(2)}`;
}

/** The sentence as one string, for screen readers and exports. */
export function asText(sentence: Sentence): string {
  return `${sentence.at}: ${sentence.number}${sentence.rest}`;
}
