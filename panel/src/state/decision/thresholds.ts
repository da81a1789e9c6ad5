/**
 * Thresholds, in thousandths: integers, so that 0.29 is 290 and never 0.29000000000000004.
 *
 * A label is removed if its IoU is greater than the threshold, not equal to it. So the slider ends at 0.999, where only
 * exact copies are removed; at 1.000 nothing is.
 */
import type { Metric } from "../../protocol/messages";

export const LOWEST = 50;
/** The first thresholds of a cut by likelihood, and of one by overlap that follows it. */
const SURE = 950;
const USUAL = 750;
/** A scan stores pairs with a smaller IoS only if their IoU is large enough. */
const LOWEST_IOS = 500;
export const LAST_ON_SLIDER = 999;
export const HIGHEST = 1000;
export const STEP = 10;
export const BIG_STEP = 100;

export function lowestOf(metric: Metric): number {
  return metric === "ios" ? LOWEST_IOS : LOWEST;
}

/** The threshold that a cut begins with when the metric changes: a probability is no overlap. */
export function firstOf(metric: Metric): number {
  return metric === "likelihood" ? SURE : USUAL;
}

/** The index of each threshold of a scan in its curves. */
export type Grid = ReadonlyMap<number, number>;

export function gridOf(thresholds: readonly number[]): Grid {
  return new Map(thresholds.map((value, index) => [toThousandths(value), index]));
}

export function toThousandths(value: number): number {
  return Math.round(value * 1000);
}

export function toIou(thousandths: number): number {
  return thousandths / 1000;
}

/** The nearest threshold of the slider. */
export function snap(thousandths: number): number {
  const onStep = Math.round(thousandths / STEP) * STEP;
  return Math.min(Math.max(onStep, LOWEST), LAST_ON_SLIDER);
}

/** One step to the next hundredth (or tenth) from anywhere: from 0.755 up to 0.76, from 0.999 down to 0.99. */
export function stepped(thousandths: number, direction: 1 | -1, step = STEP): number {
  const from = thousandths >= LAST_ON_SLIDER ? HIGHEST : thousandths;
  const units = direction > 0 ? Math.floor(from / STEP) : Math.ceil(from / STEP);
  return snap(units * STEP + direction * step);
}

/** The threshold after an arrow, page, Home or End key; `null` for any other key. */
export function afterKey(thousandths: number, key: string, shift: boolean): number | null {
  const step = shift || key.startsWith("Page") ? BIG_STEP : STEP;
  switch (key) {
    case "ArrowRight":
    case "ArrowUp":
    case "PageUp":
      return stepped(thousandths, 1, step);
    case "ArrowLeft":
    case "ArrowDown":
    case "PageDown":
      return stepped(thousandths, -1, step);
    case "Home":
      return LOWEST;
    case "End":
      return LAST_ON_SLIDER;
    default:
      return null;
  }
}

/** "0.75", "0.755": two decimals, or three if needed. */
export function formatThreshold(thousandths: number): string {
  return toIou(thousandths).toFixed(thousandths % STEP === 0 ? 2 : 3);
}

/** Returns the typed threshold, or `null` unless it is a number from 0.05 to 1. A comma is a decimal point. */
export function parseThreshold(typed: string): number | null {
  const cleaned = typed.trim().replace(",", ".");
  if (!/^(\d+\.?\d*|\.\d+)$/.test(cleaned)) return null;
  const thousandths = toThousandths(Number(cleaned));
  return thousandths < LOWEST || thousandths > HIGHEST ? null : thousandths;
}
