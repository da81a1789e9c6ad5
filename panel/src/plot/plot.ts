/** The geometry of the histogram and the curve. */
import { max, sum, ticks } from "d3-array";
import type { Cut } from "../state/cut/cut";
import type { CountAxis } from "../state/cut/remembered";
import { labelsIn, type Scan } from "../state/scan/scan";
import { HIGHEST, LOWEST, lowestOf, snap } from "../state/decision/thresholds";
import { compact } from "../words/format";
import { countScale, linearScale, logScale, type Scale } from "./scales";

export interface Margins {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly margins: Margins;
}

export interface Tick {
  readonly at: number;
  readonly label: string;
}

export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly labels: number;
}

export interface Plot {
  readonly frame: Frame;
  readonly bars: string;
  readonly curve: string;
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
  /** Empty if bars and curve share an axis, as they do on the logarithmic one. */
  readonly curveTicks: readonly Tick[];
  /** The number of labels whose largest IoU is too small to be drawn. */
  readonly below: number;
}

/** The part of the cut that the plot shows. */
export type Drawn = Pick<Cut, "axis" | "metric" | "restriction">;

/** The lower end of the logarithmic axis, so that a bar of one label is visible. */
const LOG_FLOOR = 0.6;
const TICKS = 3;

export function xScale(frame: Frame): Scale {
  return linearScale([LOWEST, HIGHEST], [frame.margins.left, frame.width - frame.margins.right]);
}

/** The threshold of the slider at an x position of the picture. */
export function thresholdAt(frame: Frame, x: number): number {
  return snap(xScale(frame).invert(x));
}

function scaleOf(axis: CountAxis, frame: Frame, largest: number): Scale {
  const range = [frame.height - frame.margins.bottom, frame.margins.top] as const;
  const top = Math.max(largest, 1);
  return axis === "log" ? logScale([LOG_FLOOR, Math.max(top, 10)], range) : countScale(top, TICKS, range);
}

function ticksOf(scale: Scale, axis: CountAxis): Tick[] {
  const [bottom, top] = scale.domain;
  const values =
    axis === "log"
      ? powersOfTen(top).filter((value) => value >= bottom)
      : ticks(bottom, top, TICKS).filter((value) => Number.isInteger(value));
  return values.map((value) => ({ at: scale(value), label: compact(value) }));
}

function powersOfTen(top: number): number[] {
  const exponents = Math.floor(Math.log10(top));
  const skip = exponents > 4 ? 2 : 1;
  return Array.from({ length: exponents + 1 }, (_, i) => 10 ** i).filter((_, i) => i % skip === 0);
}

/** The bins above the lowest threshold, from the counts of all bins. */
export function binsOf(scan: Scan, counts: readonly number[] | null): Bin[] {
  const { edges } = scan.summary.histogram;
  return (counts ?? [])
    .map((labels, i) => ({ from: edges[i] ?? 0, to: edges[i + 1] ?? 1, labels }))
    .filter((bin) => Math.round(bin.from * 1000) >= LOWEST);
}

/** The bin at an x position of the picture; `null` beside the bars. */
export function binAt(bins: readonly Bin[], frame: Frame, x: number): Bin | null {
  const value = xScale(frame).invert(x) / 1000;
  return bins.find((bin) => value >= bin.from && value <= bin.to) ?? null;
}

/** The plot of a scan: `bars` are the counts of all bins, `null` while unknown; `labels` is the curve. */
export function plotOf(scan: Scan, bars: readonly number[] | null, labels: readonly number[], { axis, metric, restriction }: Drawn, frame: Frame): Plot {
  const bins = binsOf(scan, bars);
  const x = xScale(frame);
  const highestBar = max(bins, (bin) => bin.labels) ?? 0;
  const highestPoint = max(labels) ?? 0;
  const shared = axis === "log" ? Math.max(highestBar, highestPoint) : null;
  const y = scaleOf(axis, frame, shared ?? highestBar);
  const yCurve = scaleOf(axis, frame, shared ?? highestPoint);
  return {
    frame,
    bars: barsPath(bins, x, y, frame),
    curve: curvePath(scan.summary.thresholds, labels, lowestOf(metric), x, yCurve),
    xTicks: [0.05, 0.25, 0.5, 0.75, 1].map((value) => ({ at: x(value * 1000), label: value.toFixed(2) })),
    yTicks: ticksOf(y, axis),
    curveTicks: shared === null ? ticksOf(yCurve, axis) : [],
    below: metric === "ios" || bars === null ? 0 : labelsIn(scan, restriction) - sum(bins, (bin) => bin.labels),
  };
}

function barsPath(bins: readonly Bin[], x: Scale, y: Scale, frame: Frame): string {
  const ground = frame.height - frame.margins.bottom;
  return bins
    .filter((bin) => bin.labels > 0)
    .map((bin) => {
      const left = x(bin.from * 1000);
      const wide = x(bin.to * 1000) - left;
      const gap = wide > 3 ? 1 : 0;
      return `M${fixed(left)},${fixed(ground)}V${fixed(y(bin.labels))}h${fixed(wide - gap)}V${fixed(ground)}Z`;
    })
    .join("");
}

/** The curve; a count of zero is drawn on the baseline on either axis. */
function curvePath(thresholds: readonly number[], labels: readonly number[], from: number, x: Scale, y: Scale): string {
  const [ground] = y.range;
  const points = thresholds.flatMap((threshold, i) => {
    if (Math.round(threshold * 1000) < from) return [];
    const value = labels[i] ?? 0;
    return `${fixed(x(threshold * 1000))},${fixed(value > 0 ? Math.min(y(value), ground) : ground)}`;
  });
  return points.length === 0 ? "" : `M${points.join("L")}`;
}

function fixed(value: number): string {
  return String(Math.round(value * 100) / 100);
}
