import { render, screen, waitFor } from "@testing-library/react";
import * as React from "react";
import { describe, expect, it } from "vitest";
import { DuplicatesPanel } from "../../../../panel/src/DuplicatesPanel";
import { fakeHost } from "../../fakeHost";
import { makeSummary } from "../../makeSummary";
import { at, open, user } from "../opened";

describe("empty screens", () => {
  it.each([
    ["no-field", () => Object.assign(fakeHost(null), { overview: { fields: [] } })],
    ["not-scanned", () => fakeHost(null)],
    ["nothing-found", () => fakeHost(makeSummary({ removed: 0, pairs: 0 }))],
    ["no-labels", () => fakeHost(makeSummary({ removed: 0, pairs: 0, labels: 0, names: [] }))],
  ])("%s speaks", async (cy, make) => {
    render(<DuplicatesPanel host={make()} />);
    await waitFor(() => expect(at(cy)?.textContent?.length).toBeGreaterThan(30));
  });

  it("a scan whose pairs are all real can still be cut and reviewed", async () => {
    await open(fakeHost(makeSummary({ removed: 0, pairs: 8 })));
    await waitFor(() => expect(at("sentence").textContent).toMatch(/nothing would be removed/i));
    expect(at("open-review")).not.toBeNull();
    expect(at("nothing-found")).toBeNull();
  });

  it("a panel that cannot open shows the reason and can try again", async () => {
    const host = fakeHost(null);
    host.failures = { open_panel: { message: "No database." } };
    render(<DuplicatesPanel host={host} />);
    await screen.findByText("No database.");
    host.failures = {};
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(at("not-scanned")).not.toBeNull());
  });
});
