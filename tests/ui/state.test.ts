import { describe, expect, it } from "vitest";
import type { Metric } from "../../panel/src/protocol/messages";
import { nextSort, sortedClasses, windowOf } from "../../panel/src/state/scan/classes";
import { numbersHold } from "../../panel/src/state/current";
import { isWhole, parseRule, RULE_NAMES, ruleOf, ruleText } from "../../panel/src/state/decision/keepRules";
import { Latest } from "../../panel/src/state/latest";
import { changedCut, countsOf, firstCut } from "../../panel/src/state/cut/cut";
import { decisionKey, PLAIN } from "../../panel/src/state/decision/decision";
import { NO_FILTERS } from "../../panel/src/state/review/place";
import { NOTHING_REMEMBERED, readRemembered, writeRemembered } from "../../panel/src/state/cut/remembered";
import { countByClass, countsFromAnswer, labelsCurve, largestOverlap, numbersAt, prepare, restrictedTo, type Restriction, toggled } from "../../panel/src/state/scan/scan";
import { formOf, opponents, parseSigmas, requestOf, slicesOf } from "../../panel/src/state/scan/scanForm";
import { NO_SLICES, toggledSlice } from "../../panel/src/state/scan/slices";
import { afterKey, formatThreshold, gridOf, parseThreshold, snap } from "../../panel/src/state/decision/thresholds";
import { classesLabel, matching } from "../../panel/src/words/classes";
import { keepLabel } from "../../panel/src/words/decision";
import { tableName } from "../../panel/src/words/files";
import { ago, counted, percent, reasonOf } from "../../panel/src/words/format";
import { skippedText, whyOld } from "../../panel/src/words/freshness";
import { slicesLabel } from "../../panel/src/words/scan";
import { asText, sentenceAt } from "../../panel/src/words/sentence";
import { UP_TO_DATE } from "./fakeHost";
import { makeSummary, THRESHOLDS } from "./makeSummary";

const scan = prepare(makeSummary());

describe("a threshold", () => {
  it("at every position of the grid has that position", () => {
    const grid = gridOf(THRESHOLDS);
    expect(THRESHOLDS.map((value) => grid.get(Math.round(value * 1000)))).toEqual(THRESHOLDS.map((_, i) => i));
  });
  it.each([
    [753, 750],
    [0, 50],
    [994, 990],
    [996, 999],
    [5000, 999],
  ])("%i is %i on the slider", (at, snapped) => expect(snap(at)).toBe(snapped));
  it.each([
    [750, "ArrowRight", false, 760],
    [750, "ArrowLeft", true, 650],
    [755, "ArrowRight", false, 760],
    [755, "ArrowLeft", false, 750],
    [990, "ArrowRight", false, 999],
    [999, "ArrowLeft", false, 990],
    [999, "ArrowRight", false, 999],
    [60, "ArrowLeft", true, 50],
    [500, "Home", false, 50],
    [500, "End", false, 999],
    [500, "PageUp", false, 600],
    [500, "a", false, null],
  ])("%i, after %s (Shift: %s), is %s", (from, key, shift, to) => expect(afterKey(from, key, shift)).toBe(to));
  it("is written with all its decimals, at least two", () => {
    expect([750, 755, 999, 1000].map(formatThreshold)).toEqual(["0.75", "0.755", "0.999", "1.00"]);
  });
  it.each([
    ["0.75", 750],
    [" .755 ", 755],
    ["0,8", 800],
    ["1", 1000],
    ["0.04", null],
    ["1.01", null],
    ["", null],
    ["-0.5", null],
    ["1e-1", null],
    ["abc", null],
  ])("typed %s is read as %s", (typed, read) => expect(parseThreshold(typed)).toBe(read));
});

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

describe("keep rules", () => {
  it.each(["largest", "tagged:looked at", "classes:car,truck", "attribute:annotator=alice,bob"])("%s is unchanged after parsing and formatting", (text) => {
    const rule = parseRule(text);
    expect(rule && ruleText(rule)).toBe(text);
    expect(rule && isWhole(rule)).toBe(true);
  });
  it("state the value they need, and are not sent without it", () => {
    expect(RULE_NAMES.filter((name) => !isWhole(ruleOf(name)))).toEqual(["tagged", "classes", "attribute"]);
  });
  it("that are unknown are not parsed", () => expect(parseRule("prettiest")).toBeNull());
  it("in one line start with the most important one", () => {
    expect(keepLabel([])).toBe("FiftyOne’s order");
    expect(keepLabel(["tagged:reviewed", "largest"])).toBe("Tag reviewed, then largest");
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

describe("the sentence", () => {
  const at = (threshold: number, restriction: Restriction = null, metric: Metric = "iou") => ({ threshold, restriction, metric });
  it("calls only equal labels exact copies, as an IoS of 1 may be a label inside another", () => {
    expect(sentenceAt(scan, at(999, null, "ios"), { labels: 1, images: 1 }).at).toBe("At 0.999");
  });
  it("of a likelihood says how sure each removal is", () => {
    const words = "At 0.955: 16 of 36,781 labels would be removed, each more than 95.5 % likely to be one object with another label, in 1 image";
    expect(asText(sentenceAt(scan, at(955, null, "likelihood"), { labels: 16, images: 1 }))).toBe(words);
    expect(sentenceAt(scan, at(999, null, "likelihood"), { labels: 0, images: 0 })).toEqual({ at: "At 0.999", number: "", rest: "nothing would be removed" });
  });
  it("gives the number of labels to remove, of all labels, and of images", () => {
    const numbers = { labels: 16, images: 1 };
    expect(asText(sentenceAt(scan, at(750), numbers))).toBe("At 0.75: 16 of 36,781 labels would be removed, in 1 image");
    const past = "At 0.75: 16 of 36,781 labels would have been removed when this was scanned, in 1 image";
    expect(asText(sentenceAt(scan, at(750), numbers, false))).toBe(past);
  });
  it("names the restriction, and omits an unknown number of images", () => {
    const text = asText(sentenceAt(scan, at(750, ["person", "car", null]), { labels: 31, images: null }));
    expect(text).toMatch(/^At 0.75: 31 of [\d,]+ labels of 3 classes would be removed$/);
  });
  it("explains why nothing would be removed", () => {
    const low = { ...scan.summary, histogram: { ...scan.summary.histogram, counts: [9, ...Array(40).fill(1), ...Array(59).fill(0)] } };
    expect(asText(sentenceAt(prepare(low), at(750), { labels: 0, images: 0 }))).toContain("the largest overlap is below 0.41");
  });
  it("names the end of the slider", () => {
    expect(sentenceAt(scan, at(999), { labels: 1, images: 1 }).at).toBe("At 0.999, exact copies only");
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

describe("the freshness of a scan", () => {
  it("has no sentence while the scan is up to date", () => expect(whyOld(UP_TO_DATE, "image")).toBeNull());
  it("names what changed", () => {
    const freshness = { ...UP_TO_DATE, state: "changed" as const, edited: 12, added: 1 };
    expect(whyOld(freshness, "image")).toBe("Out of date: 12 images were changed and 1 image was added since this scan.");
    expect(whyOld(freshness, "scene")).toContain("12 scenes were changed");
    expect(numbersHold(freshness)).toBe(false);
  });
  it("reports a different view if the numbers are still valid", () => {
    expect(whyOld({ ...UP_TO_DATE, other_view: true }, "image")).toContain("view");
    expect(numbersHold({ ...UP_TO_DATE, other_view: true })).toBe(true);
  });
  it("lists skipped labels with their reasons", () => {
    expect(skippedText({ count: 2, reasons: { "no bounding box": 2 } })).toBe("2 labels were skipped: 2 no bounding box");
  });
});

describe("another metric", () => {
  const cut = firstCut(scan, NOTHING_REMEMBERED);
  it("has a separate threshold if one of the two is a likelihood", () => {
    const likely = changedCut({ ...cut, threshold: 300, settled: 300 }, { metric: "likelihood" });
    expect(likely).toMatchObject({ metric: "likelihood", threshold: 950, settled: 950 });
    expect(changedCut(likely, { method: "nms" })).toMatchObject({ threshold: 950, method: "nms" });
    expect(changedCut(likely, { metric: "ios" })).toMatchObject({ metric: "ios", threshold: 750 });
    expect(changedCut({ ...cut, threshold: 300, settled: 300 }, { metric: "ios" })).toMatchObject({ threshold: 500, settled: 500 });
  });
});

describe("the state stored across page loads", () => {
  it("is restored unchanged", () => {
    const stored = { scanKey: "k", threshold: 755, decision: { method: "nms" as const, keep: ["largest", "tagged:x"], metric: "ios" as const, classwise: true }, axis: "log" as const, restriction: ["car", null], tabs: { tab: "groups" as const, page: 3, classPair: ["car", null] as const, minFrames: 5 }, review: { open: true, order: "image" as const, filters: { ...NO_FILTERS, likelihood: [0.1, 0.9], class_pair: ["car", null], undecided: true }, drawing: { filled: true, exploded: false, beside: true }, at: ["a", "b"], documentId: null }, ownView: "{}" };
    expect(readRemembered(JSON.parse(JSON.stringify(writeRemembered(stored))))).toEqual(stored);
    expect(writeRemembered(stored)).toMatchObject({ look: { tab: "groups" }, review: { look: { filled: true, exploded: false, beside: true } } });
  });
  it.each([[null], ["x"], [[]], [{ iou_thresh: "high", method: 3, classes: "car", axis: 1, scan_key: {} }], [{ iou_thresh: 7, classes: [4], look: { tab: "x", page: -1, pair: [1, 2], minFrames: 0 } }]])(
    "is left out where it makes no sense: %j",
    (value) => expect(readRemembered(value)).toEqual(NOTHING_REMEMBERED),
  );
});

describe("the scan form", () => {
  const fields = [
    { name: "a", kind: "detections", writable: true, compare: [], sigmas: [], patches: true, slices: ["left", "scene"] },
    { name: "b", kind: "polylines", writable: true, compare: ["shapes", "bounding boxes"], sigmas: [], patches: true, slices: ["left"] },
    { name: "c", kind: "detections", writable: true, compare: [], sigmas: [], patches: true, slices: ["left", "scene"] },
  ];
  const targets = [
    { kind: "dataset" as const, samples: 9, slices: null },
    { kind: "view" as const, samples: 4, slices: null },
  ];
  it("compares fields of one kind only", () => expect(opponents(fields, "a").map((field) => field.name)).toEqual(["c"]));
  it("starts with the first field, itself, any class, and the view if there is one", () => {
    expect(formOf(fields, targets, {}, null)).toEqual({ labelField: "a", otherField: "", classwise: false, compare: "", sigmas: null, unmarkedAsMissing: false, rotationUnit: "", target: "view", slices: [] });
  });
  it("starts from the displayed scan unless the user chooses otherwise", () => {
    const points = [...fields, { name: "k", kind: "keypoints", writable: true, compare: [], sigmas: [{ name: "COCO's 17 sigmas", values: [0.052, 0.05] }], patches: true, slices: [] }];
    const shown = { label_field: "k", other_field: null, classwise: true, compare: null, keypoint_sigmas: [0.08, 0.08], unmarked_as_missing: true, scope: { kind: "dataset" as const, slices: null } };
    const request = (chosen: Parameters<typeof formOf>[2]) => requestOf(formOf(points, targets, chosen, shown), null, false);
    expect(request({})).toMatchObject({ label_field: "k", classwise: true, keypoint_sigmas: [0.08, 0.08], unmarked_as_missing: true });
    expect(request({ sigmas: null })).toMatchObject({ label_field: "k", keypoint_sigmas: null });
    expect(request({ labelField: "a" })).toMatchObject({ label_field: "a", classwise: false, keypoint_sigmas: null, unmarked_as_missing: false });
    const boxes = { ...shown, label_field: "b", compare: "bounding boxes" };
    expect(requestOf(formOf(points, targets, {}, boxes), null, false)).toMatchObject({ label_field: "b", compare: "bounding boxes", keypoint_sigmas: null });
  });
  it("accepts typed sigmas that are positive numbers", () => {
    expect(parseSigmas("0.1, 0.2 0.3;")).toEqual([0.1, 0.2, 0.3]);
    for (const typed of ["", " , ", "0.1, 0", "-1", "a", "0.1, Infinity"]) expect(parseSigmas(typed)).toBeNull();
  });
  it("drops choices that no longer exist", () => {
    const form = formOf(fields, targets, { labelField: "b", otherField: "c", target: "selection" }, null);
    expect(requestOf(form, null, true)).toEqual({ label_field: "b", other_field: null, classwise: false, compare: "shapes", keypoint_sigmas: null, unmarked_as_missing: false, target: "view", slices: null, background: true });
  });

  const facts = { slices: [{ name: "left", media_type: "image" }, { name: "scene", media_type: "3d" }], active: "scene" };
  const choice = (wanted: Parameters<typeof formOf>[2], own: string[] | null = null) =>
    slicesOf(facts, fields, targets.map((target) => ({ ...target, slices: own })), formOf(fields, targets, wanted, null));
  it("covers the active slice, or the first one if the field cannot be compared there", () => {
    expect(choice({ labelField: "a" })).toMatchObject({ chosen: ["scene"], fixed: false });
    expect(choice({ labelField: "b" })).toMatchObject({ chosen: ["left"], offered: [{ name: "left" }] });
    expect(slicesOf(NO_SLICES, fields, targets, formOf(fields, targets, {}, null))).toBeNull();
  });
  it("covers the chosen slices in their order, at least one", () => {
    const both = choice({ slices: ["scene", "left", "gone"] });
    expect(both?.chosen).toEqual(["left", "scene"]);
    expect(both && toggledSlice(both, "left")).toEqual(["scene"]);
    const one = choice({ slices: ["left"] });
    expect(one && toggledSlice(one, "left")).toEqual(["left"]);
    expect(one && toggledSlice(one, "scene")).toEqual(["left", "scene"]);
    expect(requestOf(formOf(fields, targets, {}, null), both, false).slices).toEqual(["left", "scene"]);
  });
  it("offers no choice if the view selects its slices", () => {
    const own = choice({ slices: ["scene"] }, ["left"]);
    expect(own).toMatchObject({ chosen: ["left"], fixed: true });
    expect(requestOf(formOf(fields, targets, {}, null), own, false).slices).toBeNull();
  });
  it("lists slices in words", () => {
    expect(slicesLabel(["left"])).toBe("slice left");
    expect(slicesLabel(["left", "right", "scene"])).toBe("slices left, right and scene");
  });
});

describe("the names of tables", () => {
  it("contain the scan, and for a plan its threshold", () => {
    const plan = { scan_key: "k", iou_thresh: 0.75, method: "simple" as const, keep: [], metric: "iou" as const, classwise: false, classes: null };
    expect(tableName("plan", plan, "csv")).toBe("duplicates-k-0.75.csv");
    expect(tableName("pairs", plan, "json")).toBe("duplicates-k-pairs.json");
    expect(tableName("journal", plan, "csv")).toBe("duplicates-journal.csv");
    expect(tableName("journal", null, "csv")).toBe("duplicates-journal.csv");
  });
});

describe("numbers and times in words", () => {
  it.each([
    ["has no class", "have no class"],
    ["overlaps no kept label", "overlap no kept label"],
    ["shares its id with another label", "share its id with another label"],
    ["does not overlap the other label", "do not overlap the other label"],
    ["lost the tag", "lost the tag"],
  ])("of labels agree with the reason %s", (reason, ofMany) => expect([reasonOf(reason, 1), reasonOf(reason, 2)]).toEqual([reason, ofMany]));
  it("have separators and plurals", () => expect([counted(1, "label"), counted(36781, "label")]).toEqual(["1 label", "36,781 labels"]));
  it("never round a small share to zero", () => expect([percent(0, 9), percent(1, 9000), percent(1, 160), percent(1, 8)]).toEqual(["0 %", "<0.1 %", "0.6 %", "13 %"]));
  it("count classes", () => expect(classesLabel(["a", "b", "c"])).toBe("3 classes"));
  it("give the time elapsed", () => {
    const now = Date.parse("2026-11-22T12:00:00Z");
    expect(["2026-11-22T11:59:40Z", "2026-11-22T11:48:00Z", "2026-11-22T09:00:00Z", "2026-10-01T00:00:00Z", "?"].map((then) => ago(then, now))).toEqual([
      "just now",
      "12 min ago",
      "3 h ago",
      "2026-10-01",
      "",
    ]);
  });
});

describe("a late reply", () => {
  it("is a reply to a request that a newer one replaced", () => {
    const latest = new Latest();
    const first = latest.next("counts");
    const other = latest.next("tag");
    const second = latest.next("counts");
    expect([latest.isLate("counts", first), latest.isLate("counts", second), latest.isLate("tag", other)]).toEqual([true, false, false]);
  });
});
