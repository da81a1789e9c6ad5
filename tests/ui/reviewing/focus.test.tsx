import { render, waitFor } from "@testing-library/react";
import * as React from "react";
import { describe, expect, it } from "vitest";
import { DuplicatesPanel } from "../../../panel/src/DuplicatesPanel";
import { fakeHost } from "../fakeHost";
import { makeSummary } from "../makeSummary";
import { all, at, key, place, review, settled, user } from "./opened";

describe("the keys", () => {
  const chain = { at: [0, 1, 2, 3, 4].map((i) => `label-3-${i}`) };

  it.each([
    ["split", "d"],
    ["handle", "d"],
    ["keep-this", "r"],
  ])("go on working after the button %s that had the focus is gone with its group", async (cy, verdict) => {
    await review(fakeHost(makeSummary()), chain);
    await user.click(all(cy)[1] as HTMLElement);
    // the only label that is kept cannot be picked again: that button is disabled at once
    expect(document.activeElement === at("review")).toBe(cy === "keep-this");
    const before = place();
    key(verdict);
    expect(place()).not.toBe(before);
    expect(document.activeElement).toBe(at("review"));
    await settled();
    key("z");
    await settled();
    expect(place()).toBe(before);
  });

  it("go on working after a click on a button that it disables", async () => {
    await review(fakeHost(makeSummary()));
    key("d");
    await settled();
    await user.click(at("move-undo"));
    await settled();
    await waitFor(() => expect(at("move-undo")).toHaveProperty("disabled", true));
    expect(document.activeElement).toBe(at("review"));
  });

  it("leave the focus to a text field, and to the page if the user clicked elsewhere", async () => {
    await review(fakeHost(makeSummary()), chain);
    const field = document.body.appendChild(document.createElement("input"));
    field.focus();
    await user.click(at("verdict-duplicate"));
    field.focus();
    await settled();
    expect(document.activeElement).toBe(field);
    field.remove();
    await user.click(at("verdict-real"));
    await user.click(document.body);
    await settled();
    expect(document.activeElement).toBe(document.body);
  });
});

describe("the verdicts of a review of some classes", () => {
  it("are said to be those of all classes", async () => {
    const host = fakeHost(makeSummary());
    host.remembered = { scan_key: "dups_1", classes: ["person"], review: { open: true, order: "likeliest" } };
    render(<DuplicatesPanel host={host} />);
    await waitFor(() => expect(at("verdict-duplicate")).toHaveProperty("disabled", false));
    key("d");
    await settled();
    await waitFor(() => expect(at("tally").textContent).toMatch(/^Verdicts on pairs of all classes: /));
  });
});
