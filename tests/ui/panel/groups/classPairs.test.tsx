import { fireEvent, screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { fakeHost, type FakeHost } from "../../fakeHost";
import { makeSummary } from "../../makeSummary";
import { at, open, user } from "../opened";

describe("class pairs", () => {
  const rows = () => [...document.querySelectorAll<HTMLElement>('[data-cy="class-pair-row"]')];
  async function openPairs(host: FakeHost): Promise<FakeHost> {
    await open(host);
    await user.click(at("tab-pairs"));
    await waitFor(() => expect(rows().length).toBeGreaterThan(0));
    return host;
  }

  it("are counted at the threshold as a list and a matrix, and follow the slider without requests", async () => {
    const host = await openPairs(fakeHost(makeSummary()));
    const counts = (pair: number) => Number(rows()[pair]?.querySelector('[data-cy="class-pair-count"]')?.textContent?.replace(",", ""));
    const first = counts(0);
    expect(rows().map((row) => row.textContent)[0]).toContain("person and person");
    expect(at("class-pair-matrix").querySelectorAll('[data-cy="class-pair-cell"]').length).toBeGreaterThan(10);
    const before = host.sent.length;
    fireEvent.change(screen.getByRole("slider", { name: "IoU threshold" }), { target: { value: 300 } });
    expect(counts(0)).toBeGreaterThan(first);
    expect(host.sent.length).toBe(before);
  });

  it("show their groups on click", async () => {
    const host = await openPairs(fakeHost(makeSummary()));
    await user.click(screen.getByRole("button", { name: "person and bicycle" }));
    await waitFor(() => expect(host.sent.findLast((sent) => sent.message === "list_groups")?.request).toMatchObject({ class_pair: ["person", "bicycle"], offset: 0 }));
    expect(at("groups-pair").textContent).toBe("person and bicycle");
    await user.click(at("groups-pair"));
    await waitFor(() => expect(host.sent.findLast((sent) => sent.message === "list_groups")?.request).toMatchObject({ class_pair: null }));
  });

  it("may overlap or have their own threshold; this is counted at once, and can be undone", async () => {
    const host = await openPairs(fakeHost(makeSummary()));
    await user.click(screen.getByRole("button", { name: "Rule for person and person" }));
    await user.click(at("class-pair-rule-overlap"));
    await waitFor(() => expect(rows()[0]?.textContent).toContain("may overlap"));
    expect(host.sent.find((sent) => sent.message === "set_class_pair")?.request).toEqual({ scan_key: "dups_1", class_pair: ["person", "person"], may_overlap: true, iou_thresh: null });
    await waitFor(() => expect(host.count("open_scan")).toBe(2));
    expect(at("scan-line").textContent).toContain("up to date");
    expect(at("stale")).toBeNull();
    await user.click(at("class-pair-rule-own"));
    await waitFor(() => expect(rows()[0]?.textContent).toContain("above 0.9"));
    await user.click(at("message-action"));
    await waitFor(() => expect(host.sent.findLast((sent) => sent.message === "set_class_pair")?.request).toMatchObject({ may_overlap: true, iou_thresh: null }));
  });

  it("are listed only for the chosen classes", async () => {
    await openPairs(Object.assign(fakeHost(makeSummary()), { remembered: { scan_key: "dups_1", classes: ["truck"] } }));
    expect(rows().map((row) => row.querySelector("button")?.textContent)).toEqual(["car and truck", "bus and truck"]);
  });
});
