import { describe, expect, it } from "vitest";
import { isWhole, parseRule, ruleText } from "../../../panel/src/state/decision/keepRules";
import { changedCut, firstCut } from "../../../panel/src/state/cut/cut";
import { NOTHING_REMEMBERED } from "../../../panel/src/state/cut/remembered";
import { prepare } from "../../../panel/src/state/scan/scan";
import { afterKey, formatThreshold, gridOf, parseThreshold, snap } from "../../../panel/src/state/decision/thresholds";
import { keepLabel } from "../../../panel/src/words/decision";
import { KEEP_RULES } from "../makeRules";
import { makeSummary, THRESHOLDS } from "../makeSummary";

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

describe("keep rules", () => {
  it.each(["largest", "tagged:looked at", "classes:car,truck", "attribute:annotator=alice,bob"])("%s is unchanged after parsing and formatting", (text) => {
    const rule = parseRule(text, KEEP_RULES);
    expect(rule && ruleText(rule)).toBe(text);
    expect(rule && isWhole(rule)).toBe(true);
  });
  it("state the value they need, and are not sent without it", () => {
    expect(KEEP_RULES.filter((entry) => !isWhole({ entry, key: "", values: "" })).map(({ name }) => name)).toEqual(["tagged", "classes", "attribute"]);
  });
  it("that are unknown are not parsed", () => expect(parseRule("prettiest", KEEP_RULES)).toBeNull());
  it("in one line start with the most important one", () => {
    expect(keepLabel([], KEEP_RULES)).toBe("FiftyOne’s order");
    expect(keepLabel(["tagged:reviewed", "largest"], KEEP_RULES)).toBe("Tag reviewed, then largest");
    expect(keepLabel(["classes:car,{key}", "attribute:by=alice", "prettiest"], KEEP_RULES)).toBe("Class car,{key}, then by alice, then prettiest");
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
