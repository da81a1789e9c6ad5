import { describe, expect, it } from "vitest";
import { extentOf } from "../../panel/src/plot/outlines";
import { binAt, binsOf, plotOf, thresholdAt, xScale } from "../../panel/src/plot/plot";
import { histogramSvg } from "../../panel/src/plot/svg";
import { labelsCurve, prepare } from "../../panel/src/state/scan/scan";
import { makeSummary } from "./makeSummary";

const scan = prepare(makeSummary());
const frame = { width: 560, height: 170, margins: { top: 14, right: 40, bottom: 24, left: 40 } };
const bars = scan.summary.histogram.counts;
const drawn = (axis: "linear" | "log", metric: "iou" | "ios" = "iou") => ({ axis, metric, restriction: null });
const curve = labelsCurve(scan, scan.stored.simple, null);

describe("the histogram", () => {
  it("draws the bins from 0.05 and states how many labels it omits", () => {
    const plot = plotOf(scan, bars, curve, drawn("linear"), frame);
    expect(binsOf(scan, bars)).toHaveLength(95);
    const { counts, none } = scan.summary.histogram;
    expect(plot.below).toBe(counts.slice(0, 5).reduce((a, b) => a + b, none));
  });
  it("draws every nonempty bar on both axes", () => {
    const filled = binsOf(scan, bars).filter((bin) => bin.labels > 0).length;
    for (const axis of ["linear", "log"] as const) {
      const plot = plotOf(scan, bars, curve, drawn(axis), frame);
      expect(plot.bars.match(/M/g)).toHaveLength(filled);
      expect(plot.bars).not.toMatch(/NaN|Infinity/);
    }
  });
  it("draws the curve from the maximum to the baseline", () => {
    for (const axis of ["linear", "log"] as const) {
      const { curve: path } = plotOf(scan, bars, curve, drawn(axis), frame);
      expect(path).not.toMatch(/NaN|Infinity/);
      expect(path.endsWith(`,${frame.height - frame.margins.bottom}`)).toBe(true);
    }
  });
  it("has a separate axis for the curve only if it needs one", () => {
    expect(plotOf(scan, bars, curve, drawn("linear"), frame).curveTicks.length).toBeGreaterThan(1);
    expect(plotOf(scan, bars, curve, drawn("log"), frame).curveTicks).toEqual([]);
  });
  it("can draw a scan without labels", () => {
    const empty = prepare(makeSummary({ labels: 0, removed: 0, names: [] }));
    for (const axis of ["linear", "log"] as const) {
      const plot = plotOf(empty, empty.summary.histogram.counts, labelsCurve(empty, empty.stored.simple, null), drawn(axis), frame);
      expect(plot.bars + plot.curve).not.toMatch(/NaN|Infinity/);
    }
  });
  it("of IoS starts at the lowest known overlap, and omits nothing", () => {
    const histogram = scan.summary.histogram.counts.map((n, i) => (i < 50 ? 0 : n));
    const plot = plotOf(scan, histogram, curve, drawn("log", "ios"), frame);
    expect(plot.bars.match(/M/g)).toHaveLength(histogram.filter((n) => n > 0).length);
    expect(plot.curve.startsWith(`M${Math.round(100 * xScale(frame)(500)) / 100},`)).toBe(true);
    expect(plot.below).toBe(0);
  });
  it("has no bars while they are counted", () => {
    const plot = plotOf(scan, null, curve, drawn("log"), frame);
    expect([plot.bars, plot.below]).toEqual(["", 0]);
  });
  it("converts a position to a threshold and back", () => {
    expect(thresholdAt(frame, xScale(frame)(750))).toBe(750);
    expect(thresholdAt(frame, -50)).toBe(50);
    expect(thresholdAt(frame, 9999)).toBe(999);
  });
  it("finds the bin under the pointer, and none outside the bars", () => {
    const bins = binsOf(scan, bars);
    expect(binAt(bins, frame, xScale(frame)(755))?.from).toBe(0.75);
    expect(binAt(bins, frame, 2)).toBeNull();
  });
});

describe("the exported SVG", () => {
  const colors = { background: "#fff", text: "#000", muted: "#555", line: "#ddd", kept: "#aaa", removed: "#f60" };
  const svg = histogramSvg(plotOf(scan, bars, curve, drawn("log"), frame), 750, { measure: "OKS", title: "a < b & c", subtitle: "s", sentence: "t" }, colors);
  it("labels its axes", () => expect(svg).toContain("bars: labels by their largest OKS"));
  it("is well-formed XML that refers to no other file", () => {
    const document = new DOMParser().parseFromString(svg, "image/svg+xml");
    expect(document.querySelector("parsererror")).toBeNull();
    expect(document.documentElement.querySelectorAll("path").length).toBeGreaterThan(4);
    expect(svg.replace("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:/);
  });
  it("escapes its title", () => expect(svg).toContain("a &lt; b &amp; c"));
});

describe("the outline of a shape", () => {
  it("is pulled apart from its own points, also where it is turned and has no corner of its box", () => {
    const box = extentOf("M0 0h4v2h-4Z");
    expect(box).toMatchObject({ left: 0, top: 0, right: 4, bottom: 2, corners: [[0, 0], [4, 0], [4, 2], [0, 2]] });
    const turned = extentOf("M2 0L5 1L3 6L0 4Z");
    expect(turned).toMatchObject({ left: 0, top: 0, right: 5, bottom: 6, corners: [[2, 0], [5, 1], [3, 6], [0, 4]] });
    expect(extentOf("", "")).toBeNull();
  });
});
