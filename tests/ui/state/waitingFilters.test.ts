import { describe, expect, it } from "vitest";
import { WaitingFilters } from "../../../panel/src/state/waitingFilters";

const FILTERS = { "ground_truth.detections.label": { values: ["house"] } };
const PLAN = [{ _cls: "fiftyone.core.stages.Select", kwargs: [["sample_ids", ["a"]]], _uuid: "1" }];
const OTHER_PLAN = [{ _cls: "fiftyone.core.stages.Select", kwargs: [["sample_ids", ["b"]]], _uuid: "2" }];
const OWN = [{ _cls: "fiftyone.core.stages.Limit", kwargs: [["limit", 50]], _uuid: "3" }];
/** The same, as the server makes it anew. */
const AGAIN = [{ _cls: "fiftyone.core.stages.Limit", kwargs: [["limit", 50]], _uuid: "4" }];

describe("the filters of the user's view", () => {
  it("wait for the view however long the App takes to show it, twice in a row", () => {
    const waiting = new WaitingFilters();
    for (const start of [0, 100_000]) {
      waiting.wait(FILTERS, OWN, PLAN, start);
      // the App makes its view anew without changing it
      expect(waiting.take(structuredClone(PLAN), start + 900)).toBeNull();
      expect(waiting.take(PLAN, start + 9_000)).toBeNull();
      expect(waiting.take(AGAIN, start + 20_000)).toEqual(FILTERS);
      expect(waiting.take([], start + 21_000)).toBeNull();
    }
  });

  it("are set on the whole dataset as well", () => {
    const waiting = new WaitingFilters();
    waiting.wait(FILTERS, [], PLAN, 0);
    expect(waiting.take([], 1)).toEqual(FILTERS);
  });

  it("are set once if their view is not known", () => {
    const waiting = new WaitingFilters();
    waiting.wait(FILTERS, null, PLAN, 0);
    expect(waiting.take(OWN, 1)).toEqual(FILTERS);
    expect(waiting.take([], 2)).toBeNull();
  });

  it("are not set on a later view if their own never came", () => {
    const waiting = new WaitingFilters();
    waiting.wait(FILTERS, OWN, PLAN, 0);
    expect(waiting.take(OWN, 60_000)).toBeNull();
  });

  it("are dropped for those of a newer view, also if it has none", () => {
    const waiting = new WaitingFilters();
    waiting.wait(FILTERS, OWN, PLAN, 0);
    waiting.wait({}, OWN, PLAN, 1);
    expect(waiting.take(OWN, 2)).toBeNull();
  });

  it.each([[OWN], [[]]])("are not set on the plan's view that comes after Back, but on their own", (own) => {
    const waiting = new WaitingFilters();
    // the App still shows the user's view
    waiting.wait(FILTERS, own, own, 0);
    expect(waiting.take(PLAN, 1)).toBeNull();
    expect(waiting.take(structuredClone(PLAN), 2)).toBeNull();
    expect(waiting.take(structuredClone(own), 3)).toEqual(FILTERS);
    expect(waiting.take([...OTHER_PLAN], 4)).toBeNull();
  });

  it("are set if the App shows their view again without having shown the plan's", () => {
    const waiting = new WaitingFilters();
    waiting.wait(FILTERS, OWN, OWN, 0);
    expect(waiting.take(AGAIN, 1)).toEqual(FILTERS);
    expect(waiting.take(structuredClone(OWN), 2)).toBeNull();
    // the plan's view, which empties them, comes after all
    expect(waiting.take(PLAN, 3)).toBeNull();
    expect(waiting.take(OWN, 4)).toEqual(FILTERS);
  });

  it("are set again if the plan's view comes in between once more", () => {
    const waiting = new WaitingFilters();
    waiting.wait(FILTERS, OWN, PLAN, 0);
    expect(waiting.take(OWN, 1)).toEqual(FILTERS);
    expect(waiting.take(PLAN, 2)).toBeNull();
    expect(waiting.take(AGAIN, 3)).toEqual(FILTERS);
    // not if the user goes on from view to view
    expect(waiting.take(PLAN, 4)).toBeNull();
    expect(waiting.take(OTHER_PLAN, 5)).toBeNull();
    expect(waiting.take(OWN, 6)).toBeNull();
  });

  it("are set on their own view after a second plan's view, which came late", () => {
    const waiting = new WaitingFilters();
    waiting.wait(FILTERS, OWN, PLAN, 0);
    waiting.take(OTHER_PLAN, 1);
    expect(waiting.take(AGAIN, 2)).toEqual(FILTERS);
  });

  it("are set once on their view if the server writes it in another way", () => {
    const waiting = new WaitingFilters();
    waiting.wait(FILTERS, OWN, PLAN, 0);
    const other = [{ ...OWN[0], kwargs: [["limit", 50], ["seed", null]] }];
    expect(waiting.take(other, 1)).toEqual(FILTERS);
    expect(waiting.take(structuredClone(other), 2)).toBeNull();
    expect(waiting.take(PLAN, 3)).toBeNull();
  });
});
