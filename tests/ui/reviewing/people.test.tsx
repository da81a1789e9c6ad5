import { waitFor } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { pairKey } from "../../../panel/src/state/review/verdicts";
import { fakeHost } from "../fakeHost";
import { AT } from "../fakeReview";
import { makeSummary } from "../makeSummary";
import { user, at, all, key, place, judged, pair, review, settled } from "./opened";

describe("a sitting", () => {
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

  it("counts a person in several browsers once", async () => {
    const host = fakeHost(makeSummary());
    host.review.people = ["b2", "b3", "b4"].map((browser) => ({ who: "ben", browser, pairs: 2, last: AT }));
    await review(host);
    expect(at("people").textContent).toBe("with ben");
  });

  it("shows what another person decided meanwhile on the pair on the screen", async () => {
    const every = vi.spyOn(globalThis, "setInterval");
    const host = await review(fakeHost(makeSummary()));
    const follow = every.mock.calls.find(([, ms]) => ms === 15_000)?.[0] as () => void;
    every.mockRestore();
    const looked = host.count("review_progress");
    follow();
    await waitFor(() => expect(host.count("review_progress")).toBe(looked + 1));
    expect(at("review").textContent).not.toContain("ben decided");
    host.review.verdicts.set(pairKey(pair(0)), { verdict: "real", kept: null, who: "ben", at: AT });
    host.review.people = [{ who: "ben", browser: "b2", pairs: 13, last: AT }];
    follow();
    await waitFor(() => expect(at("review").textContent).toContain("ben decided “both real”"));
    await waitFor(() => expect(at("review-progress").textContent).toBe("1 of 30 groups reviewed"));
  });

  it("counts what is removed again once another person decided more", async () => {
    const every = vi.spyOn(globalThis, "setInterval");
    const host = fakeHost(makeSummary());
    await review(host);
    const follow = every.mock.calls.find(([, ms]) => ms === 15_000)?.[0] as () => void;
    every.mockRestore();
    const counts = () => host.count("preview_delete");
    const before = counts();
    const opened = host.count("open_scan");
    const looked = host.count("review_progress");
    follow();
    await waitFor(() => expect(host.count("review_progress")).toBe(looked + 1));
    expect([counts(), host.count("open_scan")]).toEqual([before, opened]);
    host.review.people = [{ who: "ben", browser: "b2", pairs: 13, last: "2026-01-02T00:00:00" }];
    follow();
    await waitFor(() => expect(counts()).toBe(before + 1));
    expect(host.count("open_scan")).toBe(opened + 1);
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

  it("has the same numbers as others once a verdict is answered, also of groups far away", async () => {
    const host = await review(fakeHost(makeSummary()));
    for (const k of [20, 21]) host.review.verdicts.set(pairKey(pair(k)), { verdict: "real", kept: null, who: "ben", at: AT });
    expect(at("review-progress").textContent).toBe("0 of 30 groups reviewed");
    key("d");
    await waitFor(() => expect(at("review-progress").textContent).toBe("3 of 30 groups reviewed"));
    await waitFor(() => expect(at("tally").textContent).toContain("1 duplicate · 2 both real"));
    host.review.verdicts.delete(pairKey(pair(20)));
    key("d");
    await waitFor(() => expect(at("review-progress").textContent).toBe("3 of 30 groups reviewed"));
    await waitFor(() => expect(at("tally").textContent).toContain("2 duplicates · 1 both real"));
    expect(place()).toBe("3 / 30");
  });

  it("has them in a list of undecided groups, too", async () => {
    const host = await review(fakeHost(makeSummary()), { filters: { undecided: true } });
    host.review.verdicts.set(pairKey(pair(20)), { verdict: "real", kept: null, who: "ben", at: AT });
    key("d");
    await waitFor(() => expect(at("review-progress").textContent).toBe("2 of 30 groups reviewed"));
  });

  it("asks for them only if others decided something", async () => {
    const host = await review(fakeHost(makeSummary()));
    await waitFor(() => expect(host.count("preview_delete")).toBe(1));
    const asked = () => ["review_progress", "review_queue", "preview_delete"].map((message) => host.count(message as "review_queue"));
    const before = asked();
    for (const name of ["d", "r", "z"]) key(name);
    await settled();
    expect(asked()).toEqual(before);
  });
});
