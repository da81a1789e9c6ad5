import { render, waitFor } from "@testing-library/react";
import * as React from "react";
import { afterEach, describe, expect, it } from "vitest";
import { DuplicatesPanel } from "../../../panel/src/DuplicatesPanel";
import { fakeHost } from "../fakeHost";
import { makeSummary } from "../makeSummary";
import { at, place, review, user } from "../reviewing/opened";

/** The App's shortcut for Enter, which listens at the document. */
function useShortcut(capture: boolean): void {
  const shortcut = (event: KeyboardEvent) => event.key === "Enter" && event.preventDefault();
  document.addEventListener("keydown", shortcut, capture);
  end = () => document.removeEventListener("keydown", shortcut, capture);
}

let end = () => {};
afterEach(() => end());

describe.each([
  ["after the panel", false],
  ["before the panel", true],
])("Enter, of which the App prevents the effect %s has seen it", (_, capture) => {
  it("presses the button that has the focus, once", async () => {
    await review(fakeHost(makeSummary()));
    useShortcut(capture);
    at("move-next").focus();
    await user.keyboard("{Enter}");
    expect(place()).toBe("2 / 30");
    at("draw-fill").focus();
    await user.keyboard("{Enter}");
    expect(at("draw-fill").getAttribute("aria-pressed")).toBe("true");
  });

  it("presses a button of a dialog, once", async () => {
    const host = fakeHost(makeSummary());
    host.remembered = { scan_key: "dups_1" };
    render(<DuplicatesPanel host={host} />);
    await waitFor(() => expect(at("delete")).toHaveProperty("disabled", false));
    useShortcut(capture);
    at("delete").focus();
    await user.keyboard("{Enter}");
    await waitFor(() => expect(at("delete-confirm")).toHaveProperty("disabled", false));
    at("delete-confirm").focus();
    await user.keyboard("{Enter}");
    await waitFor(() => expect(host.count("delete_labels")).toBe(1));
    expect(at("delete-dialog")).toBeNull();
  });
});

it("Enter stores the name although the App has a shortcut for it", async () => {
  const host = fakeHost(makeSummary());
  host.kept.clear();
  await review(host);
  useShortcut(false);
  await user.type(at("name"), "cleo{Enter}");
  expect(host.kept.get("reviewer")).toBe("cleo");
});
