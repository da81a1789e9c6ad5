import { describe, expect, it } from "vitest";
import { NO_FILTERS } from "../../../panel/src/state/review/place";
import { NOTHING_REMEMBERED, readRemembered, writeRemembered } from "../../../panel/src/state/cut/remembered";

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
