import { describe, expect, it } from "vitest";
import { WaitingFilters } from "../../../panel/src/state/waitingFilters";

const FILTERS = { "ground_truth.detections.label": { values: ["house"] } };
const PLAN = [{ _cls: "fiftyone.core.stages.Select", kwargs: [["sample_ids", ["a"]]] }];
const OWN = [{ _cls: "fiftyone.core.stages.Limit", kwargs: [["limit", 50]] }];

describe("the filters of the user's view", () => {
  it("wait for the view however long the App takes to show it, twice in a row", () => {
    const waiting = new WaitingFilters();
    for (const start of [0, 100_000]) {
      waiting.wait(FILTERS, PLAN, start);
      // the App makes its view anew without changing it
      expect(waiting.take(structuredClone(PLAN), start + 900)).toBeNull();
      expect(waiting.take(PLAN, start + 9_000)).toBeNull();
      expect(waiting.take(OWN, start + 20_000)).toEqual(FILTERS);
      expect(waiting.take([], start + 21_000)).toBeNull();
    }
  });

  it("are set on the whole dataset as well", () => {
    const waiting = new WaitingFilters();
    waiting.wait(FILTERS, PLAN, 0);
    expect(waiting.take([], 1)).toEqual(FILTERS);
  });

  it("are not set on a later view if their own never came", () => {
    const waiting = new WaitingFilters();
    waiting.wait(FILTERS, PLAN, 0);
    expect(waiting.take(OWN, 60_000)).toBeNull();
  });

  it("are dropped for those of a newer view, also if it has none", () => {
    const waiting = new WaitingFilters();
    waiting.wait(FILTERS, PLAN, 0);
    waiting.wait({}, PLAN, 1);
    expect(waiting.take(OWN, 2)).toBeNull();
  });
});
