import { render, waitFor } from "@testing-library/react";
import * as React from "react";
import { describe, expect, it } from "vitest";
import { DuplicatesPanel } from "../../../panel/src/DuplicatesPanel";
import { fakeHost } from "../fakeHost";
import { makeSummary } from "../makeSummary";
import { user, at, all, key, place, announced, pair, review, settled } from "./opened";

describe("a sitting", () => {
  it("survives a reload: its place, order and look, and the verdicts from the server", async () => {
    const host = await review(fakeHost(makeSummary()));
    for (const name of ["d", "r", "f"]) key(name);
    await settled();
    await waitFor(() => expect((host.remembered as { review: { at: string[] } }).review.at).toEqual(pair(2)));
    document.body.innerHTML = "";
    render(<DuplicatesPanel host={host} />);
    await waitFor(() => expect(place()).toBe("3 / 30"));
    expect(at("review-progress").textContent).toBe("2 of 30 groups reviewed");
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

  it("tells screen readers the verdict, and what comes next", async () => {
    await review(fakeHost(makeSummary()));
    expect(announced()).toContain("Group 1 of 30: car and car, almost certainly one object, undecided.");
    key("d");
    await waitFor(() => expect(announced()).toMatch(/car and car: duplicate, A kept, B removed\..*Group 2 of 30/));
  });
});
