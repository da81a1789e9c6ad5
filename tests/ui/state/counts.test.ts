import { describe, expect, it } from "vitest";
import { nextSort, sortedClasses, windowOf } from "../../../panel/src/state/scan/classes";
import { countsOf } from "../../../panel/src/state/cut/cut";
import { decisionKey, PLAIN } from "../../../panel/src/state/decision/decision";
import { countByClass, countsFromAnswer, labelsCurve, largestOverlap, numbersAt, prepare, restrictedTo, toggled } from "../../../panel/src/state/scan/scan";
import { matching } from "../../../panel/src/words/classes";
import { makeSummary } from "../makeSummary";

const scan = prepare(makeSummary());

describe("the numbers at a threshold", () => {
  it("equal the curves", () => {
    expect(numbersAt(scan, scan.stored.simple, 750, null)).toEqual({
      labels: scan.summary.curves.simple.labels[70],
      images: scan.summary.curves.simple.images[70],
    });
  });
  it("are unknown off the grid", () => expect(numbersAt(scan, scan.stored.simple, 755, null)).toBeNull());
  it("include images for one class, but not for several", () => {
    expect(numbersAt(scan, scan.stored.simple, 500, ["person"])?.images).toBeGreaterThan(0);
    expect(numbersAt(scan, scan.stored.simple, 500, ["person", "car"])).toMatchObject({ images: null });
  });
  it("of all classes equal the total", () => {
    const all = scan.summary.classes.map((entry) => entry.name);
    expect(numbersAt(scan, scan.stored.simple, 500, all)?.labels).toBe(scan.summary.curves.simple.labels[45]);
    expect(labelsCurve(scan, scan.stored.simple, all)).toEqual(scan.summary.curves.simple.labels);
  });
  it("of greedy are unknown until the server counted it", () => {
    const bare = prepare({ ...scan.summary, curves: { ...scan.summary.curves, greedy: null } });
    const greedy = { ...PLAIN, method: "greedy", classwise: false } as const;
    expect(countsOf(bare, greedy, new Map())).toBeNull();
    const counted = countsFromAnswer({ labels: [2], images: [1], classes: [] });
    expect(countsOf(bare, greedy, new Map([[decisionKey(greedy), counted]]))).toBe(counted);
    expect(countsOf(scan, greedy, new Map())?.all).toEqual(scan.summary.curves.greedy);
  });
  it("of a class without curves are zero", () => {
    const bare = prepare({ ...scan.summary, classes: [{ name: "kite", labels: 5 }] });
    expect(numbersAt(bare, bare.stored.simple, 500, ["kite"])).toEqual({ labels: 0, images: 0 });
    expect(countByClass(bare, bare.stored.simple, 500)?.get("kite")).toBe(0);
  });
});

describe("a restriction", () => {
  it("is extended and reduced by clicks, and removed by the last one", () => {
    expect(toggled(null, "car")).toEqual(["car"]);
    expect(toggled(["car"], null)).toEqual(["car", null]);
    expect(toggled(["car", null], "car")).toEqual([null]);
    expect(toggled([null], null)).toBeNull();
  });
  it("drops classes that a scan does not have", () => {
    expect(restrictedTo(scan, ["car", "unicorn"])).toEqual(["car"]);
    expect(restrictedTo(scan, ["unicorn"])).toBeNull();
  });
});

describe("the largest overlap", () => {
  it("does not count labels that overlap nothing", () => {
    const histogram = { edges: scan.summary.histogram.edges, counts: [5, ...Array(99).fill(0)], zero: 5, none: 0 };
    expect(largestOverlap(prepare({ ...scan.summary, histogram }))).toBeNull();
  });
});

describe("the list of classes", () => {
  const counts = countByClass(scan, scan.stored.simple, 500) ?? new Map();
  it("starts with the class with the most duplicates", () => {
    expect(sortedClasses(scan, counts, { by: "removed", descending: true })[0]).toBe("person");
  });
  it("is sorted by name, in either direction", () => {
    const up = sortedClasses(scan, counts, { by: "name", descending: false });
    expect(up.slice(0, 2)).toEqual([null, "boat"]);
    expect(sortedClasses(scan, counts, { by: "name", descending: true })).toEqual([...up].reverse());
  });
  it("reverses its order on a second click on a column", () => {
    expect(nextSort({ by: "removed", descending: true }, "removed").descending).toBe(false);
    expect(nextSort({ by: "removed", descending: true }, "name")).toEqual({ by: "name", descending: false });
  });
  it("is searched case-insensitively", () => expect(matching(["Car", "cat", null], "CA")).toEqual(["Car", "cat"]));
  it("shows a window of rows and never more than there are", () => {
    expect(windowOf(2800, 280, 28, 1000)).toEqual({ first: 96, end: 114 });
    expect(windowOf(0, 280, 28, 3)).toEqual({ first: 0, end: 3 });
  });
});
