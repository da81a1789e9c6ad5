import { waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { pairKey } from "../../../panel/src/state/review/verdicts";
import { type FakeHost, fakeHost } from "../fakeHost";
import { AT } from "../fakeReview";
import { makeSummary } from "../makeSummary";
import { at, all, key, place, judged, pair, review, settled, stored } from "./opened";

describe("a sitting", () => {
  it("undoes a verdict from before a reload", async () => {
    const host = await review(fakeHost(makeSummary()));
    for (const name of ["d", "r"]) key(name);
    await settled();
    document.body.innerHTML = "";
    await review(host);
    for (const left of [["duplicate"], []]) {
      key("z");
      await waitFor(() => expect(stored(host)).toEqual(left));
    }
    expect(place()).toBe("1 / 30");
    expect(at("review-progress").textContent).toBe("0 of 30 groups reviewed");
  });

  it("applies nothing while the group of an undone verdict is still read", async () => {
    const host = await review(fakeHost(makeSummary()));
    for (const name of ["d", "d"]) key(name);
    await settled();
    document.body.innerHTML = "";
    await review(host);
    await waitFor(() => expect(at("review-apply").textContent).toBe("Apply 2…"));
    host.held.set("review_groups", []);
    for (const name of ["z", "z"]) key(name);
    await waitFor(() => expect(stored(host)).toEqual(["duplicate"]));
    await waitFor(() => expect(host.held.get("review_groups")?.length).toBeGreaterThan(0));
    expect([at("review-apply").textContent, at("review-apply").hasAttribute("disabled")]).toEqual(["Apply…", true]);
    const held = host.held.get("review_groups");
    host.held.delete("review_groups");
    held?.forEach((release) => release());
    await waitFor(() => expect(stored(host)).toEqual([]));
    await settled();
  });

  it.each(["d", "r"])("does not undo %s once another person has decided “both real”", async (name) => {
    const host = await review(fakeHost(makeSummary()));
    key(name);
    await settled();
    document.body.innerHTML = "";
    host.review.verdicts.set(pairKey(pair(0)), { verdict: "real", kept: null, who: "ben", at: AT });
    await review(host);
    key("z");
    await waitFor(() => expect(at("review-notice").textContent).toContain("The verdict on car and car was changed since and was not undone."));
    expect(stored(host)).toEqual(["real"]);
  });

  it("undoes after a reload the person's own verdict alone where another person gave the same one", async () => {
    const host = fakeHost(makeSummary());
    host.kept.set("reviewer", "anna");
    await review(host);
    key("r");
    await settled();
    document.body.innerHTML = "";
    const [own] = host.review.verdicts.values();
    host.review.also.set(pairKey(pair(0)), own as never);
    host.review.verdicts.set(pairKey(pair(0)), { verdict: "real", kept: null, who: "ben", at: AT });
    await review(host);
    key("z");
    await waitFor(() => expect(host.review.also.size).toBe(0));
    await settled();
    expect([...host.review.verdicts.values()].map(({ who }) => who)).toEqual(["ben"]);
    expect(all("review-notice").map((notice) => notice.textContent)).toEqual([]);
  });

  it("keeps the steps whose groups are not listed, and says when there is none to undo", async () => {
    const host = fakeHost(makeSummary());
    const step = { key: "gone", before: [], given: [] };
    host.kept.set("undo:fake", JSON.stringify([step]));
    await review(host);
    expect(at("move-undo")).toHaveProperty("disabled", true);
    key("d");
    await settled();
    key("z");
    await waitFor(() => expect(stored(host)).toEqual([]));
    expect(JSON.parse(host.kept.get("undo:fake") ?? "[]")).toEqual([step]);
  });

  it("leaves the steps of another tab of the browser, and undoes the newest of all", async () => {
    const host = await review(fakeHost(makeSummary()));
    const steps = () => JSON.parse(host.kept.get("undo:fake") ?? "[]") as { key: string }[];
    key("d");
    await settled();
    const judged = { verdict: "real", kept: null, who: "anna", at: AT };
    const theirs = { key: pairKey(pair(2)), before: [{ label_ids: pair(2), judged: null }], given: [{ label_ids: pair(2), judged }] };
    host.review.verdicts.set(pairKey(pair(2)), judged as never);
    host.kept.set("undo:fake", JSON.stringify([...steps(), theirs]));
    key("r");
    await settled();
    expect(steps().map((step) => step.key)).toEqual([pair(0), pair(2), pair(1)].map(pairKey));
    key("z");
    await waitFor(() => expect(steps()).toHaveLength(2));
    key("z");
    await waitFor(() => expect(stored(host)).toEqual(["duplicate"]));
    expect(steps().map((step) => step.key)).toEqual([pairKey(pair(0))]);
  });

  it("restores another person's verdict as theirs when its replacement is undone", async () => {
    const host = fakeHost(makeSummary());
    host.review.verdicts.set(pairKey(pair(0)), { verdict: "real", kept: null, who: "ben", at: AT });
    await review(host, { at: pair(0) });
    key("d");
    await settled();
    key("z");
    await waitFor(() => expect(stored(host)).toEqual(["real"]));
    expect([...host.review.verdicts.values()][0]?.who).toBe("ben");
    expect(judged(host).map(({ verdicts }) => verdicts[0]?.who)).toEqual([undefined, "ben"]);
  });
});

describe("Z after a verdict that was not stored", () => {
  const theirs = () => ({ verdict: "real" as const, kept: null, who: "ben", at: new Date().toISOString() });
  const sentence = "Your last verdict was not stored, so nothing was undone. Z again undoes the verdict before it, on car and car.";

  it.each([
    ["by another person's", (host: FakeHost) => void host.review.theirs.set(pairKey(pair(1)), theirs())],
    ["by an error", (host: FakeHost) => void (host.failures = { judge_pairs: { message: "The database did not answer." } })],
  ])("because it was refused %s undoes nothing, says so, and undoes the one before it the next time", async (_, refuse) => {
    const host = await review(fakeHost(makeSummary()));
    key("d");
    await settled();
    refuse(host);
    key("r");
    await waitFor(() => expect(at("review-notice").textContent).toMatch(/not stored|could not be stored/));
    host.failures = {};
    const [where, known] = [place(), stored(host)];
    key("z");
    expect(at("review-notice").textContent).toContain(sentence);
    expect(place()).toBe(where);
    await settled();
    expect(stored(host)).toEqual(known);
    key("z");
    await waitFor(() => expect(stored(host)).toEqual(known.slice(1)));
    expect(place()).toBe("1 / 30");
  });

  it("because the group allows none says so, too", async () => {
    const host = await review(fakeHost(makeSummary()), { at: pair(3) });
    key("d");
    await settled();
    await waitFor(() => expect(at("verdict-duplicate")).toHaveProperty("disabled", true));
    key("d");
    expect(at("review-notice").textContent).toContain("too many pairs");
    const known = stored(host);
    key("z");
    expect(at("review-notice").textContent).toContain("nothing was undone. Z again undoes the verdict before it, on 5 labels of bus.");
    await settled();
    expect(stored(host)).toEqual(known);
  });

  it("in the time before that is known does not delete the other person's verdict", async () => {
    const host = await review(fakeHost(makeSummary()));
    host.review.theirs.set(pairKey(pair(0)), theirs());
    host.held.set("judge_pairs", []);
    for (const name of ["d", "z"]) key(name);
    const held = host.held.get("judge_pairs");
    host.held.delete("judge_pairs");
    held?.forEach((release) => release());
    await settled();
    await waitFor(() => expect(at("decided").textContent).toContain("ben decided “both real”"));
    expect([...host.review.verdicts.values()].map(({ who }) => who)).toEqual(["ben"]);
    expect(judged(host)).toHaveLength(1);
  });

  it("says that there is nothing to undo where there is no verdict", async () => {
    await review(fakeHost(makeSummary()));
    key("z");
    expect(at("review-notice").textContent).toContain("There is nothing to undo.");
  });
});
