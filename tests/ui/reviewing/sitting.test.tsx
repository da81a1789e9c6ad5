import { fireEvent, render, waitFor } from "@testing-library/react";
import * as React from "react";
import { describe, expect, it, vi } from "vitest";
import { DuplicatesPanel } from "../../../panel/src/DuplicatesPanel";
import { pairKey } from "../../../panel/src/state/review/verdicts";
import { fakeHost } from "../fakeHost";
import { AT } from "../fakeReview";
import { makeSummary } from "../makeSummary";
import { user, at, all, key, place, announced, judged, pair, review, settled, stored } from "./opened";

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

  it("goes on at the next undecided group when the place that was remembered is behind its verdicts", async () => {
    const host = await review(fakeHost(makeSummary()));
    for (const name of ["d", "r", "k"]) key(name);
    await settled();
    document.body.innerHTML = "";
    host.remembered = { scan_key: "dups_1", review: { open: true, order: "likeliest", at: pair(1) } };
    render(<DuplicatesPanel host={host} />);
    await waitFor(() => expect(place()).toBe("3 / 30"));
  });

  it("has the keys after a reload, although the App takes the focus while it loads", async () => {
    const host = fakeHost(makeSummary());
    host.held.set("review_queue", []);
    host.remembered = { scan_key: "dups_1", review: { open: true } };
    render(<DuplicatesPanel host={host} />);
    await waitFor(() => expect(host.held.get("review_queue")).toHaveLength(1));
    (document.activeElement as HTMLElement).blur();
    host.held.get("review_queue")?.forEach((release) => release());
    await waitFor(() => expect(document.activeElement).toBe(at("review")));
  });

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
    expect(at("review-progress").textContent).toBe("0 of 30 reviewed");
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

  it("is counted again when it was refused because another person decided", async () => {
    const host = await review(fakeHost(makeSummary()));
    key("d");
    await settled();
    await user.click(at("review-apply"));
    await waitFor(() => expect(at("delete-confirm")).toHaveProperty("disabled", false));
    const counted = host.count("preview_delete");
    host.review.people = [{ who: "ben", browser: "b2", pairs: 1, last: AT }];
    host.failures.delete_labels = { message: "The labels have changed.", consequence: "Nothing was changed.", advice: "Check the numbers again, then delete." };
    await user.click(at("delete-confirm"));
    await waitFor(() => expect(host.count("preview_delete")).toBeGreaterThan(counted));
  });

  it("says why it cannot, in a read-only App", async () => {
    const host = fakeHost(makeSummary());
    await review(Object.assign(host, { readOnly: true }));
    expect(at("review-apply")).toHaveProperty("disabled", true);
    expect(at("review-apply").parentElement?.title).toBe("The App is read-only.");
  });
});
