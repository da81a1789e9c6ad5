import { act, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { pairKey } from "../../../panel/src/state/review/verdicts";
import { fakeHost } from "../fakeHost";
import { AT } from "../fakeReview";
import { makeSummary } from "../makeSummary";
import { user, at, all, key, place, announced, fates, judged, stored, pair, review, settled } from "./opened";

describe("in a scan against another field", () => {
  it("no verdict removes a label of that field, and each says why", async () => {
    const summary = makeSummary();
    const host = await review(fakeHost({ ...summary, params: { ...summary.params, other_field: "manual" } }));
    for (const [letter, verdict] of [["s", "swap"], ["m", "merge"], ["x", "remove_both"]] as const) {
      key(letter);
      expect(at("review-notice").textContent).toContain("Labels of manual are always kept.");
      expect(at(`verdict-${verdict}`)).toHaveProperty("disabled", true);
    }
    key("2");
    expect(fates()).toEqual(["kept", "removed"]);
    expect(place()).toBe("1 / 30");
    key("d");
    await settled();
    expect(judged(host).map(({ verdicts }) => verdicts)).toEqual([[{ label_ids: ["label-0-1", "label-0-0"], verdict: "duplicate", kept: "label-0-0", seen: null }]]);
  });
});

describe("a verdict by a key", () => {
  it("is drawn, goes on to the next undecided group, and is stored behind it, in order", async () => {
    const host = await review(fakeHost(makeSummary()));
    host.held.set("judge_pairs", []);
    expect(place()).toBe("1 / 30");
    key("d");
    expect(place()).toBe("2 / 30");
    expect(at("review-progress").textContent).toBe("1 of 30 reviewed");
    expect(at("tally").textContent).toBe("All verdicts: 1 duplicate · storing 1…");
    await waitFor(() => expect(at("verdict-real")).not.toHaveProperty("disabled", true));
    key("r");
    expect(place()).toBe("3 / 30");
    expect(judged(host)).toHaveLength(1);
    host.held.get("judge_pairs")?.forEach((release) => release());
    host.held.delete("judge_pairs");
    await settled();
    expect(judged(host).map(({ verdicts }) => verdicts)).toEqual([
      [{ label_ids: ["label-0-1", "label-0-0"], verdict: "duplicate", kept: "label-0-0", seen: null }],
      [{ label_ids: pair(1), verdict: "real", kept: null, seen: null }],
    ]);
    expect(judged(host)[0]?.who).toBe("anna");
    expect(at("tally").textContent).toBe("All verdicts: 1 duplicate · 1 both real");
    expect(at("review-apply").textContent).toBe("Apply 1…");
  });

  it.each([
    ["m", "merge", "label-0-0"],
    ["x", "remove_both", null],
  ])("%s stores %s", async (name, verdict, kept) => {
    const host = await review(fakeHost(makeSummary()));
    key(name);
    await settled();
    expect(host.review.verdicts.get(pairKey(pair(0)))).toMatchObject({ verdict, kept });
  });

  it("moves the numbers of the cut, without a count of everything", async () => {
    const host = await review(fakeHost(makeSummary()));
    const before = host.count("count_labels") + host.count("recount");
    const number = () => Number(/· ([\d,]+) of/.exec(at("review-cut").textContent ?? "")?.[1]?.replace(",", ""));
    const first = number();
    key("x");
    await settled();
    await waitFor(() => expect(number()).toBe(first + 2));
    expect(host.count("count_labels") + host.count("recount")).toBe(before);
  });

  it.each([["ctrlKey"], ["metaKey"], ["altKey"]])("is not given with %s, which belongs to the browser", async (modifier) => {
    const host = await review(fakeHost(makeSummary()));
    key("d", { [modifier]: true });
    expect(place()).toBe("1 / 30");
    expect(judged(host)).toEqual([]);
  });

  it("is not given while a text field or a dialog has the focus", async () => {
    const host = fakeHost(makeSummary());
    host.kept.clear();
    await review(host);
    at("name").focus();
    key("d");
    at("review").focus();
    key("?");
    await waitFor(() => expect(at("review-help")).not.toBeNull());
    key("d");
    expect(judged(host)).toEqual([]);
  });

  it("has a button with its letter", async () => {
    const host = await review(fakeHost(makeSummary()));
    for (const [id, letter] of [["duplicate", "D"], ["swap", "S"], ["real", "R"], ["merge", "M"], ["remove_both", "X"], ["skip", "K"]] as const) {
      expect(at(`verdict-${id}`).querySelector("kbd")?.textContent).toBe(letter);
    }
    await user.click(at("verdict-real"));
    await settled();
    expect(stored(host)).toEqual(["real"]);
  });
});

describe("the label that is kept", () => {
  it("is the other one after S, and D stores that", async () => {
    const host = await review(fakeHost(makeSummary()));
    expect(fates()).toEqual(["kept", "removed"]);
    key("s");
    expect(fates()).toEqual(["removed", "kept"]);
    expect(judged(host)).toEqual([]);
    key("d");
    await settled();
    expect(judged(host)[0]?.verdicts).toEqual([{ label_ids: ["label-0-0", "label-0-1"], verdict: "duplicate", kept: "label-0-1", seen: null }]);
  });

  it("is swapped in a verdict that is already stored", async () => {
    const host = await review(fakeHost(makeSummary()));
    key("d");
    await settled();
    key("p");
    key("s");
    expect(fates()).toEqual(["removed", "kept"]);
    await settled();
    expect(host.review.verdicts.get(pairKey(pair(0)))?.kept).toBe("label-0-1");
    expect(place()).toBe("1 / 30");
  });

  it("is picked by a digit", async () => {
    await review(fakeHost(makeSummary()));
    key("2");
    expect(fates()).toEqual(["removed", "kept"]);
    key("1");
    expect(fates()).toEqual(["kept", "removed"]);
  });
});

describe("a chain", () => {
  const chain = { at: [0, 1, 2, 3, 4].map((i) => `label-3-${i}`) };
  it("says that it is one, and a label can be split off", async () => {
    const host = await review(fakeHost(makeSummary()), chain);
    expect(at("evidence").textContent).toContain("a chain of 5");
    await user.click(all("split")[1] as HTMLElement);
    await settled();
    expect(judged(host)[0]?.verdicts).toEqual([{ label_ids: pair(3), verdict: "real", kept: null, seen: null }]);
    expect(place()).toBe("4 / 30");
  });
});

describe("moving", () => {
  it("J and P go to the next and previous group, U to the next undecided one, K leaves a group undecided", async () => {
    await review(fakeHost(makeSummary()));
    key("d");
    key("p");
    expect(place()).toBe("1 / 30");
    key("j");
    key("ArrowLeft");
    expect(place()).toBe("1 / 30");
    key("u");
    expect(place()).toBe("2 / 30");
    key("k");
    expect(place()).toBe("3 / 30");
    key("p");
    key("p");
    key("u");
    expect(place()).toBe("3 / 30");
  });

  it("Z takes the last verdict back and returns to its group", async () => {
    const host = await review(fakeHost(makeSummary()));
    key("d");
    await settled();
    key("z");
    expect(place()).toBe("1 / 30");
    expect(at("review-progress").textContent).toBe("0 of 30 reviewed");
    await settled();
    expect(host.review.verdicts.size).toBe(0);
    expect(announced()).toContain("Undone.");
  });

  it("finds the next groups read and drawn already", async () => {
    const host = await review(fakeHost(makeSummary()));
    await waitFor(() => expect(host.count("draw_crop")).toBeGreaterThanOrEqual(4));
    host.held.set("review_groups", []);
    host.held.set("draw_crop", []);
    for (const wanted of ["2 / 30", "3 / 30", "4 / 30"]) {
      key("j");
      expect(place()).toBe(wanted);
      expect(at("review-picture")).not.toBeNull();
      expect(all("property").length).toBeGreaterThan(0);
    }
  });

  it("O opens the sample with the labels selected, and the keys work again afterwards", async () => {
    const host = await review(fakeHost(makeSummary()));
    key("o");
    await waitFor(() => expect(host.count("show_group")).toBe(1));
    expect(host.sent.find(({ message }) => message === "show_group")?.request).toMatchObject({ sample_id: "sample-0", label_ids: pair(0) });
    (document.activeElement as HTMLElement).blur();
    await waitFor(() => {
      act(() => host.closeSample());
      expect(document.activeElement).toBe(at("review"));
    });
    key("j");
    expect(place()).toBe("2 / 30");
  });
});

describe("a verdict that cannot be stored", () => {
  it("is taken back visibly", async () => {
    const host = await review(fakeHost(makeSummary()));
    host.failures = { judge_pairs: { message: "The database did not answer." } };
    key("d");
    await waitFor(() => expect(at("review-notice").textContent).toContain("Your verdict on car and car could not be stored and was undone."));
    expect(at("review-progress").textContent).toBe("0 of 30 reviewed");
    expect(at("tally").textContent).toBe("No verdicts yet");
    await user.click(at("notice-show"));
    expect(place()).toBe("1 / 30");
    expect(at("move-undo")).toHaveProperty("disabled", true);
  });

  it("because another person judged the pair shows that verdict, and does not replace it", async () => {
    const host = await review(fakeHost(makeSummary()));
    host.review.theirs.set(pairKey(pair(0)), { verdict: "real", kept: null, who: "ben", at: new Date().toISOString() });
    key("d");
    await waitFor(() => expect(at("review-notice").textContent).toContain("ben decided “both real” just now on car and car. Your verdict was not stored."));
    expect(host.review.verdicts.get(pairKey(pair(0)))?.who).toBe("ben");
    await user.click(at("notice-show"));
    expect(at("decided").textContent).toBe("ben decided “both real” just now");
    at("review").focus();
    key("d");
    await settled();
    expect(host.review.verdicts.get(pairKey(pair(0)))).toMatchObject({ verdict: "duplicate", who: "anna" });
  });
});

describe("verdicts that are not sent when the page is closed", () => {
  const unsent = [{ document_id: "sample-0", verdicts: [{ label_ids: ["label-0-1", "label-0-0"], verdict: "duplicate", kept: "label-0-0", seen: null }] }];

  it("are kept by the browser until they are stored", async () => {
    const host = await review(fakeHost(makeSummary()));
    host.held.set("judge_pairs", []);
    key("d");
    expect(JSON.parse(host.kept.get("unsent:fake") ?? "[]")).toMatchObject(unsent);
    host.held.get("judge_pairs")?.forEach((release) => release());
    host.held.delete("judge_pairs");
    await settled();
    expect(host.kept.get("unsent:fake")).toBe("[]");
  });

  it("are stored when Review is opened the next time, before the groups are listed", async () => {
    const host = fakeHost(makeSummary());
    host.kept.set("unsent:fake", JSON.stringify(unsent.map((one) => ({ id: "a", ...one }))));
    await review(host);
    expect(at("review-notice").textContent).toContain("Stored 1 verdict that was not sent when the page was closed.");
    expect(host.review.verdicts.get(pairKey(pair(0)))).toMatchObject({ verdict: "duplicate", kept: "label-0-0", who: "anna" });
    expect(host.kept.get("unsent:fake")).toBe("[]");
    expect(at("review-progress").textContent).toBe("1 of 30 reviewed");
    expect(at("tally").textContent).toBe("All verdicts: 1 duplicate");
    key("r");
    expect(at("review-notice")).toBeNull();
  });

  it("do not replace what another person decided meanwhile, and say so", async () => {
    const host = fakeHost(makeSummary());
    host.kept.set("unsent:fake", JSON.stringify([{ id: "a", document_id: "sample-0", verdicts: [{ label_ids: pair(0), verdict: "real", kept: null, seen: null }] }]));
    host.review.theirs.set(pairKey(pair(0)), { verdict: "remove_both", kept: null, who: "ben", at: AT });
    await review(host);
    await waitFor(() => expect(at("review-notice").textContent).toContain("1 verdict from before the page was closed could not be stored."));
    expect(stored(host)).toEqual(["remove_both"]);
    expect(host.kept.get("unsent:fake")).toBe("[]");
  });
});
