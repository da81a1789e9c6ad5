import { describe, expect, it } from "vitest";
import { emptiedText } from "../../panel/src/words/emptied";
import { preciseText } from "../../panel/src/words/precise";
import { scanNames, scanPhrase } from "../../panel/src/words/scan";
import { entryOf } from "./fakeHost";
import { makeSummary } from "./makeSummary";

const SUMMARY = makeSummary();
const scan = (scan_key: string, title: string) => entryOf({ ...makeSummary(), scan_key, title });

describe("the names of scans", () => {
  it("are their titles, with the key where two have the same title", () => {
    const scans = [scan("duplicates_3", "boxes"), scan("duplicates_2", "masks"), scan("duplicates_1", "boxes")];
    expect([...scanNames(scans).values()]).toEqual(["boxes (duplicates_3)", "masks", "boxes (duplicates_1)"]);
    expect(new Set(scanNames(scans).values()).size).toBe(3);
  });

  it("are said in a sentence, and the open one is this scan", () => {
    const scans = [scan("duplicates_2", "masks"), scan("duplicates_1", "boxes")];
    expect(scanPhrase(scans, "duplicates_1", "duplicates_1")).toBe("this scan");
    expect(scanPhrase(scans, "duplicates_1", "duplicates_2")).toBe("the scan “masks”");
    const emptied = { count: 1, scan_key: "duplicates_2", iou_thresh: 0.75, metric: "iou" as const };
    const nameOf = (key: string) => scanPhrase(scans, "duplicates_1", key);
    expect(emptiedText(emptied, nameOf)).toBe("1 object would lose every label. An object is a group of labels with an overlap above 0.75 in the scan “masks”.");
    expect(emptiedText({ ...emptied, scan_key: null }, nameOf)).toContain("above 0.75 among the labels as they are now.");
  });
});

describe("the reason for a precise threshold", () => {
  it("is the expected share there, and that it is lower below", () => {
    expect(preciseText({ iou_thresh: 0.28, right: 0.9999 }, 0.9, "likelihood", SUMMARY)).toBe("About 99 % of the labels removed above a likelihood of 0.28 are expected to be duplicates; at lower thresholds, fewer than 90 %.");
  });

  it("is that it is reached everywhere, at the lowest threshold", () => {
    expect(preciseText({ iou_thresh: 0.05, right: 0.94 }, 0.9, "likelihood", SUMMARY)).toBe("Even above a likelihood of 0.05, the lowest threshold, about 94 % of the removed labels are expected to be duplicates.");
    expect(preciseText({ iou_thresh: 0.05, right: 0.94 }, 0.9, "ios", SUMMARY)).toMatch(/^Even above an IoS of 0.05/);
  });

  it("is that it is reached nowhere", () => {
    expect(preciseText({ iou_thresh: null, right: null }, 0.9, "iou", SUMMARY)).toBe("At no threshold are 90 % of the removed labels expected to be duplicates.");
  });
});
