import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { entryOf, fakeHost } from "../../fakeHost";
import { makeSummary } from "../../makeSummary";
import { at, choose, labelsAt, openForm, user } from "../opened";

describe("a draft", () => {
  const masks = { name: "ground_truth", kind: "detections", writable: true, compare: ["boxes", "masks"], sigmas: [], patches: true, slices: [] };
  const predictions = { ...masks, name: "predictions", compare: [] };
  const host = () => Object.assign(fakeHost(makeSummary()), { overview: { fields: [masks, predictions] } });
  const writing = ["show", "tag", "delete", "export"];

  it.each([
    ["the field", () => choose("field", /^predictions/)],
    ["the other field", () => choose("other-field", /^predictions/)],
    ["the samples", () => choose("target", /^Selected samples/)],
    ["the shapes", () => user.click(at("compare-masks"))],
  ])("starts when %s is changed: numbers are marked, and no button acts on them", async (_, change) => {
    await openForm(host());
    expect(at("draft")).toBeNull();
    await change();
    expect(at("draft").textContent).toBe("Not scanned yet");
    expect(at("of-scan").textContent).toBe("These are the numbers of ground_truth · boxes · any class · dataset.");
    for (const cy of writing) expect(at(cy)).toHaveProperty("disabled", true);
    expect([at("tag").textContent, at("delete").textContent]).toEqual(["Tag", "Delete…"]);
    expect(at("tag").parentElement?.title).toBe("Scan first, or go back to the open scan.");
    await user.click(at("back-to-scan"));
    expect(at("draft")).toBeNull();
    expect(at("tag").textContent).toBe(`Tag ${labelsAt(70)}`);
    for (const cy of writing) expect(at(cy)).toHaveProperty("disabled", false);
  });

  it("ends when what was changed is changed back, and is scanned as the form says", async () => {
    const app = await openForm(host());
    await user.click(at("compare-masks"));
    await user.click(at("compare-boxes"));
    expect(at("draft")).toBeNull();
    await user.click(at("compare-masks"));
    await user.click(at("scan"));
    expect(app.sent.find((sent) => sent.message === "start_scan")?.request).toMatchObject({ label_field: "ground_truth", compare: "masks" });
  });

  it("is dropped when another scan is opened, so that a scan of masks is not shown as one of boxes", async () => {
    const app = host();
    const summary = makeSummary();
    app.others = [{ ...summary, scan_key: "dups_9", title: "Masks", kind: "masks", compared: ["masks"], params: { ...summary.params, compare: "masks" } }];
    app.scans = [...app.scans, ...app.others.map(entryOf)];
    await openForm(app);
    await user.click(at("compare-masks"));
    await user.click(at("scans"));
    await user.click(await screen.findByText("Masks"));
    await waitFor(() => expect(at("scan-line").textContent).toContain("ground_truth · masks · any class"));
    expect(at("draft")).toBeNull();
    expect(at("compare-masks").getAttribute("aria-pressed")).toBe("true");
  });
});
