import { act, fireEvent, render, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import * as React from "react";
import { describe, expect, it, vi } from "vitest";
import { DuplicatesPanel } from "../../panel/src/DuplicatesPanel";
import type { RequestOf } from "../../panel/src/protocol/messages";
import { pairKey } from "../../panel/src/state/review/verdicts";
import { fakeHost, type FakeHost } from "./fakeHost";
import { AT } from "./fakeReview";
import { makeSummary } from "./makeSummary";

const user = userEvent.setup({ delay: null, pointerEventsCheck: 0 });
const at = (cy: string) => document.querySelector(`[data-cy="${cy}"]`) as HTMLElement;
const all = (cy: string) => [...document.querySelectorAll<HTMLElement>(`[data-cy="${cy}"]`)];
const key = (name: string, more: object = {}) => fireEvent.keyDown(document.activeElement ?? document.body, { key: name, ...more });
const place = () => at("review-place").textContent ?? "";
const announced = () => at("review-announced").textContent ?? "";
const fates = () => all("fate").map((fate) => fate.textContent);
const judged = (host: FakeHost) => host.sent.filter(({ message }) => message === "judge_pairs").map(({ request }) => request as RequestOf<"judge_pairs">);
const stored = (host: FakeHost) => [...host.review.verdicts.values()].map(({ verdict }) => verdict);
const pair = (k: number) => [`label-${k}-0`, `label-${k}-1`];

/** Opens Review on the groups by likelihood, so that they are in the order in which they were made. */
async function review(host: FakeHost, place: object = {}): Promise<FakeHost> {
  host.remembered = { scan_key: "dups_1", review: { open: true, order: "likeliest", ...place } };
  render(<DuplicatesPanel host={host} />);
  await waitFor(() => expect(all("property").length).toBeGreaterThan(0));
  await waitFor(() => expect(at("review-picture")).not.toBeNull());
  await waitFor(() => expect(at("tally").textContent).not.toBe(""));
  return host;
}

async function settled(): Promise<void> {
  await waitFor(() => expect(at("tally").textContent).not.toContain("storing"));
}

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
    expect(at("tally").textContent).toBe("1 duplicate · storing 1…");
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
    expect(at("tally").textContent).toBe("1 duplicate · 1 both real");
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

describe("a sitting", () => {
  it("survives a reload: its place, order and look, and the verdicts from the server", async () => {
    const host = await review(fakeHost(makeSummary()));
    for (const name of ["d", "r", "f"]) key(name);
    await settled();
    await waitFor(() => expect((host.remembered as { review: { at: string[] } }).review.at).toEqual(pair(2)));
    document.body.innerHTML = "";
    render(<DuplicatesPanel host={host} />);
    await waitFor(() => expect(place()).toBe("3 / 30"));
    expect(at("review-progress").textContent).toBe("2 of 30 reviewed");
    expect(at("draw-fill").getAttribute("aria-pressed")).toBe("true");
    expect(at("review-order").textContent).toContain("Likeliest first");
  });

  it("begins at the group whose picture was clicked, and ends in the overview", async () => {
    const host = fakeHost(makeSummary());
    host.remembered = { scan_key: "dups_1", look: { tab: "groups" } };
    render(<DuplicatesPanel host={host} />);
    await waitFor(() => expect(all("group-review").length).toBeGreaterThan(2));
    await user.click(all("group-review")[2] as HTMLElement);
    await waitFor(() => expect(at("review-picture")?.getAttribute("aria-label")).toContain("A kept, B removed"));
    await waitFor(() => expect(announced()).toContain("person and"));
    key("d");
    await settled();
    await user.click(at("review-back"));
    expect(at("review")).toBeNull();
    await waitFor(() => expect(host.count("settle_verdicts")).toBe(1));
    expect(all("group-review").length).toBeGreaterThan(2);
  });

  it("begins by R on a group", async () => {
    const host = fakeHost(makeSummary());
    host.remembered = { scan_key: "dups_1", look: { tab: "groups" } };
    render(<DuplicatesPanel host={host} />);
    await waitFor(() => expect(all("group").length).toBeGreaterThan(2));
    (all("group")[1] as HTMLElement).focus();
    key("r");
    await waitFor(() => expect(at("review")).not.toBeNull());
  });

  it("asks for a name once per browser", async () => {
    const host = fakeHost(makeSummary());
    host.kept.clear();
    await review(host);
    await user.type(at("name"), "cleo{Enter}");
    expect(at("name-form")).toBeNull();
    key("d");
    await settled();
    expect(judged(host)[0]?.who).toBe("cleo");
    expect(host.kept.get("reviewer")).toBe("cleo");
  });

  it("tells screen readers the verdict, and what comes next", async () => {
    await review(fakeHost(makeSummary()));
    expect(announced()).toContain("Group 1 of 30: car and car, almost certainly one object, undecided.");
    key("d");
    await waitFor(() => expect(announced()).toMatch(/car and car: duplicate\..*Group 2 of 30/));
  });

  it("shows the progress of others", async () => {
    await review(fakeHost(makeSummary()));
    expect(at("people").textContent).toBe("with ben");
    await user.click(at("people"));
    expect(all("person").map((person) => person.textContent)).toEqual([expect.stringContaining("ben: 12 pairs")]);
  });

  it("tells two people of one name apart by their browsers", async () => {
    const host = fakeHost(makeSummary());
    await review(host);
    key("d");
    await settled();
    const mine = judged(host)[0]?.browser as string;
    expect(mine).toMatch(/^[a-z0-9]{6,}$/);
    expect(host.kept.get("browser")).toBe(mine);
    host.review.people = [
      { who: "anna", browser: mine, pairs: 3, last: AT },
      { who: "anna", browser: "another", pairs: 2, last: AT },
    ];
    await user.click(at("people"));
    await waitFor(() => expect(all("person").map((person) => person.textContent)).toEqual([expect.stringMatching(/^anna: 3 pairs.*\(you\)$/), expect.stringMatching(/^anna: 2 pairs.*\(in another browser\)$/)]));
    expect(at("people").textContent).toBe("with anna");
  });

  it("counts what is removed again once another person decided more", async () => {
    const every = vi.spyOn(globalThis, "setInterval");
    const host = fakeHost(makeSummary());
    await review(host);
    const follow = every.mock.calls.find(([, ms]) => ms === 15_000)?.[0] as () => void;
    every.mockRestore();
    const counts = () => host.count("preview_delete");
    const before = counts();
    const looked = host.count("review_progress");
    follow();
    await waitFor(() => expect(host.count("review_progress")).toBe(looked + 1));
    expect(counts()).toBe(before);
    host.review.people = [{ who: "ben", browser: "b2", pairs: 13, last: "2026-01-02T00:00:00" }];
    follow();
    await waitFor(() => expect(counts()).toBe(before + 1));
    // a person of the same name at another browser
    const [ben] = host.review.people;
    const mine = { who: "anna", browser: host.kept.get("browser") as string, pairs: 3, last: AT };
    expect(mine.browser).toBeDefined();
    host.review.people = [ben as typeof mine, mine];
    follow();
    await waitFor(() => expect(host.count("review_progress")).toBe(looked + 3));
    host.review.people = [ben as typeof mine, mine, { ...mine, browser: "b3" }];
    follow();
    await waitFor(() => expect(counts()).toBe(before + 2));
  });
});

describe("the picture", () => {
  it("hides a label, pulls shapes apart, fills them, and draws each on its own", async () => {
    await review(fakeHost(makeSummary()));
    const shapes = () => document.querySelectorAll('[data-cy="review-picture"] [data-fate]').length;
    expect(shapes()).toBe(2);
    await user.click(all("handle")[0] as HTMLElement);
    expect(shapes()).toBe(1);
    await user.click(all("handle")[0] as HTMLElement);
    at("review").focus();
    key("e");
    expect(at("apart")).not.toBeNull();
    key("b");
    expect(all("review-picture")).toHaveLength(2);
  });

  it("zooms and moves by keys, and is whole again for the next group", async () => {
    await review(fakeHost(makeSummary()));
    const view = () => at("review-picture").getAttribute("viewBox");
    const whole = view();
    for (let k = 0; k < 4; k++) key("+");
    const near = view();
    expect(near).not.toBe(whole);
    key("ArrowLeft", { shiftKey: true });
    expect(view()).not.toBe(near);
    key("0");
    expect(view()).toBe(whole);
    key("+");
    key("j");
    key("p");
    expect(view()).toBe(whole);
  });
});

describe("the list", () => {
  it("is ordered and filtered by the server", async () => {
    const host = await review(fakeHost(makeSummary()));
    fireEvent.click(at("review-filters"));
    fireEvent.click(at("filter-undecided").querySelector("input") ?? at("filter-undecided"));
    await waitFor(() => expect(host.sent.filter(({ message }) => message === "review_queue").at(-1)?.request).toMatchObject({ filters: { undecided: true } }));
    fireEvent.change(at("filter-likelihood-from"), { target: { value: "0.4" } });
    fireEvent.blur(at("filter-likelihood-from"));
    await waitFor(() => expect(host.sent.filter(({ message }) => message === "review_queue").at(-1)?.request).toMatchObject({ filters: { likelihood: [0.4, 1] } }));
  });

  it("accepts all above a likelihood after it has shown how many that are", async () => {
    const host = await review(fakeHost(makeSummary()));
    await user.click(at("review-filters"));
    await waitFor(() => expect(at("accept").textContent).toMatch(/^Accept all above 0.95 \(\d+\)…$/));
    const count = Number(/\((\d+)\)/.exec(at("accept").textContent ?? "")?.[1]);
    await user.click(at("accept"));
    expect(at("accept-plan").textContent).toContain(`${count} undecided pairs would get the verdict “duplicate”`);
    expect(host.review.verdicts.size).toBe(0);
    await user.click(at("accept-now"));
    await waitFor(() => expect(host.review.verdicts.size).toBe(count));
    expect(host.sent.filter(({ message }) => message === "accept_above").at(-1)?.request).toMatchObject({ digest: `${count} pairs`, likelihood: 0.95, who: "anna" });
  });

  it("suggests a threshold after enough verdicts, and shows what it would do before it is set", async () => {
    const host = await review(fakeHost(makeSummary()));
    await user.click(at("review-filters"));
    await waitFor(() => expect(at("advice").textContent).toContain("Above 0.86 you removed 40 of 41."));
    await user.click(at("advice-apply"));
    expect(at("advice-plan").textContent).toMatch(/0\.86 · [\d,]+ of 36,781/);
    await user.click(at("advice-now"));
    await waitFor(() => expect(at("review-cut").textContent).toMatch(/^0\.86/));
    expect(host.count("delete_labels")).toBe(0);
  });
});

describe("the likelihoods", () => {
  it("are recalibrated with the verdicts when asked, and the review goes on", async () => {
    const host = await review(fakeHost(makeSummary()));
    await user.click(at("review-filters"));
    await waitFor(() => expect(at("recalibrate")).toHaveProperty("disabled", true));
    expect(at("likelihoods-origin").textContent).toBe("The likelihoods are estimated from this dataset alone.");
    await user.keyboard("{Escape}");
    for (const name of ["d", "r"]) key(name);
    await settled();
    expect(host.count("recalibrate")).toBe(0);
    await user.click(at("review-filters"));
    await waitFor(() => expect(at("recalibrate").textContent).toBe("Recalibrate with 2 verdicts"));
    await user.click(at("recalibrate"));
    await waitFor(() => expect(host.count("recalibrate")).toBe(1));
    expect(at("review")).not.toBeNull();
    await user.click(at("review-filters"));
    await waitFor(() => expect(at("likelihoods-origin").textContent).toBe("The likelihoods were recalibrated with 2 of your verdicts."));
  });

  it("are checked by a random sample, whose progress and table are shown", async () => {
    const host = await review(fakeHost(makeSummary()));
    await user.click(at("review-filters"));
    await waitFor(() => expect(at("sample").textContent).toBe("12 of 100 random pairs"));
    const rows = [...at("likelihoods").querySelectorAll("tbody tr")].map((row) => [...row.children].map((cell) => cell.textContent));
    expect(rows).toEqual([
      ["0.30–0.40", "1 of 2", "10–91 %"],
      ["0.90–1.00", "9 of 10", "54–100 %"],
    ]);
    await user.click(at("sample"));
    await waitFor(() => expect(at("review-cut").textContent).toBe("Random pairs with a likelihood above 0.30"));
    const asked = (message: string) => host.sent.filter((one) => one.message === message).map(({ request }) => (request as { order?: string }).order);
    await waitFor(() => expect(asked("review_queue").pop()).toBe("sample"));
    await waitFor(() => expect(asked("review_groups").pop()).toBe("sample"));
    await waitFor(() => expect(all("property").length).toBeGreaterThan(0));
    key("d");
    await settled();
    expect(judged(host)[0]?.order).toBe("sample");
    await user.click(at("review-filters"));
    await waitFor(() => expect(at("likelihoods")).not.toBeNull());
    expect(at("filter-clear")).toBeNull();
  });

  it("of two fields have neither, and an order that was remembered is not asked for", async () => {
    const summary = makeSummary();
    const host = await review(fakeHost({ ...summary, params: { ...summary.params, other_field: "predictions" } }), { order: "sample" });
    expect(host.sent.find(({ message }) => message === "review_queue")?.request).toMatchObject({ order: "uncertain" });
    await user.click(at("review-filters"));
    await waitFor(() => expect(at("advice")).not.toBeNull());
    expect(at("likelihoods")).toBeNull();
  });
});

describe("Apply", () => {
  it("deletes what was reviewed, through the dialog, and offers the whole cut", async () => {
    const host = await review(fakeHost(makeSummary()));
    for (const name of ["d", "d", "r"]) key(name);
    await settled();
    expect(at("review-apply").textContent).toBe("Apply 2…");
    fireEvent.click(at("review-apply"));
    await waitFor(() => expect(at("delete-confirm").textContent).toBe("Delete 2"));
    expect(at("delete-plan")).not.toBeNull();
    fireEvent.click(at("delete-confirm"));
    await waitFor(() => expect(host.count("delete_labels")).toBe(1));
    expect(host.sent.find(({ message }) => message === "delete_labels")?.request).toMatchObject({ source: "reviewed", expected: 2 });
    await waitFor(() => expect(at("message").textContent).toContain("Undo"));
  });

  it("says why it cannot, in a read-only App", async () => {
    const host = fakeHost(makeSummary());
    await review(Object.assign(host, { readOnly: true }));
    expect(at("review-apply")).toHaveProperty("disabled", true);
    expect(at("review-apply").parentElement?.title).toBe("The App is read-only.");
  });
});
