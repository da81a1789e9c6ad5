import { waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { pairKey } from "../../../panel/src/state/review/verdicts";
import { fakeHost } from "../fakeHost";
import { makeSummary } from "../makeSummary";
import { user, at, all, announced, key, place, fates, judged, stored, pair, review, settled } from "./opened";

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
    expect(at("review-progress").textContent).toBe("1 of 30 groups reviewed");
    expect(at("tally").textContent).toBe("Verdicts on pairs: 1 duplicate · storing 1…");
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
    expect(at("tally").textContent).toBe("Verdicts on pairs: 1 duplicate · 1 both real");
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

  it("announces the label that Shift and a digit split off, and D on the rest leaves it alone", async () => {
    const host = await review(fakeHost(makeSummary()), chain);
    key("@", { code: "Digit2", shiftKey: true });
    expect(announced()).toContain("5 labels of bus: B split off, the rest is undecided.");
    expect(announced()).not.toContain("all real");
    expect(at("decided").textContent).toBe("B split off, as another object; the rest is undecided");
    expect(at("verdict-real").getAttribute("aria-pressed")).toBe("false");
    expect(at("verdict-duplicate").textContent).toBe("DKeep 2 of 5");
    key("d");
    expect(announced()).toContain("5 labels of bus: different verdicts, A and B kept, C, D and E removed.");
    await settled();
    expect(host.review.verdicts.get(pairKey(pair(3)))?.verdict).toBe("real");
  });

  it("announces the label that a digit keeps", async () => {
    await review(fakeHost(makeSummary()), chain);
    key("2");
    expect(announced()).toContain("B kept, A, C, D and E removed.");
    expect(at("why").textContent).toBe("Your choice: B kept, A, C, D and E removed. D stores it, M merges.");
  });
});
