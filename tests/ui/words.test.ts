import { describe, expect, it } from "vitest";
import type { Metric } from "../../panel/src/protocol/messages";
import { numbersHold } from "../../panel/src/state/current";
import { prepare, type Restriction } from "../../panel/src/state/scan/scan";
import { classesLabel } from "../../panel/src/words/classes";
import { tableName } from "../../panel/src/words/files";
import { ago, counted, overlapText, percent, reasonOf } from "../../panel/src/words/format";
import { skippedText, whyOld } from "../../panel/src/words/freshness";
import { asText, sentenceAt } from "../../panel/src/words/sentence";
import { UP_TO_DATE } from "./fakeHost";
import { makeSummary } from "./makeSummary";

const scan = prepare(makeSummary());

describe("the sentence", () => {
  const at = (threshold: number, restriction: Restriction = null, metric: Metric = "iou") => ({ threshold, restriction, metric });
  it("calls only equal labels exact copies, as an IoS of 1 may be a label inside another", () => {
    expect(sentenceAt(scan, at(999, null, "ios"), { labels: 1, images: 1 }).at).toBe("At 0.999");
  });
  it("of a likelihood says how sure each removal is", () => {
    const words = "At 0.955: 16 of 36,781 labels would be removed, each more than 95.5 % likely to be one object with another label, in 1 image";
    expect(asText(sentenceAt(scan, at(955, null, "likelihood"), { labels: 16, images: 1 }))).toBe(words);
    const judged = { ...at(955, null, "likelihood"), byVerdicts: 4 };
    expect(asText(sentenceAt(scan, judged, { labels: 16, images: 1 }))).toContain("in 1 image, 4 by your verdicts, the others each more than 95.5 % likely to be one object with another label");
    expect(asText(sentenceAt(scan, judged, { labels: 4, images: 1 }))).toMatch(/in 1 image, 4 by your verdicts$/);
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
  it("says at threshold 1 that nothing is above it, whether or not there are exact copies", () => {
    const none = { labels: 0, images: 0 };
    expect(asText(sentenceAt(scan, at(1000), none))).toBe("At 1.00: nothing would be removed: no overlap can be above 1");
    expect(sentenceAt(scan, at(1000, null, "likelihood"), none).rest).toBe("nothing would be removed: no likelihood can be above 1");
  });
  it("shows no overlap below 1 as that of exact copies", () => {
    expect([0.862, 0.9949, 0.996, 0.9999, 1].map(overlapText)).toEqual(["0.86", "0.99", "0.996", "0.999", "1.00"]);
  });
  it("names the end of the slider", () => {
    expect(sentenceAt(scan, at(999), { labels: 1, images: 1 }).at).toBe("At 0.999, exact copies only");
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
