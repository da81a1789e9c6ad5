import { act, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { fakeHost } from "../fakeHost";
import { makeSummary } from "../makeSummary";
import { at, all, key, place, announced, pair, review, settled } from "./opened";

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
    expect(at("review-progress").textContent).toBe("0 of 30 groups reviewed");
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

describe("Escape", () => {
  it("leaves Review, also from its menu of orders", async () => {
    await review(fakeHost(makeSummary()));
    at("review-order").querySelector<HTMLElement>("[role=combobox]")?.focus();
    key("Escape");
    expect(at("review")).toBeNull();
  });

  it("first closes the help, which another ? closes, too", async () => {
    await review(fakeHost(makeSummary()));
    for (const name of ["?", "Escape"]) {
      key("?");
      await waitFor(() => expect(at("review-help")).not.toBeNull());
      key(name);
      await waitFor(() => expect(at("review-help")).toBeNull());
    }
    expect(at("review")).not.toBeNull();
    key("Escape");
    expect(at("review")).toBeNull();
  });

  it("first closes the question for a name, which is asked the next time", async () => {
    const host = fakeHost(makeSummary());
    host.kept.clear();
    await review(host);
    at("name").focus();
    key("Escape");
    expect(at("name-form")).toBeNull();
    expect(document.activeElement).toBe(at("review"));
    expect(host.kept.has("reviewer")).toBe(false);
  });

  it("is left to the App while a sample is open", async () => {
    const host = await review(fakeHost(makeSummary()));
    key("o");
    await waitFor(() => expect(host.count("show_group")).toBe(1));
    // it closes by a click, and by Escape, too
    act(() => host.closeSample());
    key("Escape");
    expect(at("review")).not.toBeNull();
    key("Escape");
    expect(at("review")).toBeNull();
  });
});
