import { describe, expect, it } from "vitest";
import { classPairKey, classPairsAt, indexAt, matrixAt, overlapsAt, shade } from "../../panel/src/state/scan/classPairs";
import { gridOf } from "../../panel/src/state/decision/thresholds";
import { classPairLabel, ruleLabel } from "../../panel/src/words/classes";
import { evidenceText, groupTitle, judgedIds, likelihoodOf, likelihoodText, pageText, removalText } from "../../panel/src/words/groups";
import { makeClassPairs, makeGroups } from "./makeGroups";
import { THRESHOLDS } from "./makeSummary";

const pairs = makeClassPairs();

describe("pairs of classes", () => {
  it("off the grid are counted at the next lower threshold, which the list shows", () => {
    const grid = gridOf(THRESHOLDS);
    expect(indexAt(grid, 755)).toBe(grid.get(750));
    expect(indexAt(grid, 20)).toBe(0);
  });
  it("are sorted by overlaps, and listed without overlaps if they have a rule", () => {
    const ruled = { ...pairs[0], classes: ["rider", "bicycle"], counts: [], share: 0, may_overlap: true, iou_thresh: null };
    const listed = classPairsAt([...pairs, ruled], 70, null);
    const counts = listed.map((pair) => overlapsAt(pair, 70));
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
    expect(classPairKey(listed.at(-1) ?? ruled)).toBe(classPairKey(ruled));
    expect(ruleLabel(ruled)).toBe("may overlap");
  });
  it("form a symmetric matrix of the classes that overlap most", () => {
    const { names, cell } = matrixAt(pairs, 0, 4);
    expect(names).toEqual(["person", "bicycle", "car", "book"]);
    expect(cell(0, 1)).toBe(cell(1, 0));
    expect(cell(0, 0)?.classes).toEqual(["person", "person"]);
    expect(cell(1, 2)).toBeUndefined();
  });
  it("are shaded in steps that increase with the count", () => {
    const shades = [0, 1, 10, 100, 1000].map((count) => shade(count, 1000));
    expect(shades).toEqual([...shades].sort((a, b) => a - b));
    expect([shades[0], shades[4]]).toEqual([0, 0.9]);
  });
  it("name both classes, also if they are the same", () => expect([classPairLabel(["house", "house"]), classPairLabel(["car", null])]).toEqual(["house and house", "car and (no class)"]));
});

describe("groups", () => {
  const [pair, , , chain, large] = makeGroups();
  it("are named by their members", () => {
    expect([pair, chain, large].map((group) => group && groupTitle(group))).toEqual(["car and car", "5 labels of bus", "80 labels of 2 classes"]);
  });
  it("show the removed labels and the reasons", () => {
    const reason = { rule: "newest", text: "was created later", names_kept: true };
    expect(removalText({ reason: null })).toBe("kept");
    expect(removalText({ reason })).toBe("removed; the other label is kept: was created later");
    expect(removalText({ reason: { rule: "removed_too", text: "overlaps a label that is removed too", names_kept: false } })).toBe("removed: overlaps a label that is removed too");
  });
  it("show the likelihood of one object", () => {
    const why = "IoU 0.91, IoS 0.97 · same left and top edge · car and truck are confused here 25 % of the time · large labels often overlap here";
    expect(pair && likelihoodOf(pair)).toBe("almost certainly one object");
    expect(pair && evidenceText(pair, "IoU")).toBe(why);
    expect([0.51, 0.4, 0.61].map(likelihoodText)).toEqual(["could be one object or two", "possibly one object", "probably one object"]);
    // of points, nothing lies inside
    expect(pair && evidenceText(pair, "OKS")).toBe(why.replace("IoU 0.91, IoS 0.97", "OKS 0.91"));
  });
  it("that are too large get no verdict as a whole", () => {
    expect(pair && judgedIds(pair)).toHaveLength(2);
    expect(large && judgedIds(large)).toBeNull();
  });
  it("are paged", () => expect([pageText(0, 12, 12, 30), pageText(2, 6, 12, 30), pageText(0, 0, 12, 0)]).toEqual(["1–12 of 30 groups", "25–30 of 30 groups", "No groups"]));
});
