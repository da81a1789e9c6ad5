import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { fakeHost, UP_TO_DATE } from "../../fakeHost";
import { makeSummary } from "../../makeSummary";
import { at, labelsAt, lastOf, open, said, sentence, user } from "../opened";

describe("buttons", () => {
  it("tag the labels that they count, report it, and offer to undo it", async () => {
    await open(fakeHost(makeSummary()));
    await user.click(at("tag"));
    await waitFor(() => expect(at("untag")?.textContent).toBe(`Untag ${labelsAt(70)}`));
    expect(said()).toMatch(new RegExp(`^Tagged ${labelsAt(70)} labels in \\d+ images “duplicate”\\.$`));
    await user.click(at("untag"));
    await waitFor(() => expect(at("untag")).toBeNull());
  });

  it("offer to undo their action", async () => {
    const host = await open(fakeHost(makeSummary()));
    await user.click(at("tag"));
    await waitFor(() => expect(at("message-action")?.textContent).toBe("Undo"));
    await user.click(at("message-action"));
    await waitFor(() => expect(said()).toContain("Undid the "));
    expect(host.sent.find((sent) => sent.message === "restore")?.request).toMatchObject({ restore_key: "act_1", scan_key: "dups_1", tag: "duplicate" });
  });

  it("show no number while the scan is out of date, and offer to rescan", async () => {
    const host = await open(Object.assign(fakeHost(makeSummary()), { freshness: { ...UP_TO_DATE, state: "changed", edited: 2 } }));
    await waitFor(() => expect(at("stale").textContent).toContain("2 images were changed"));
    expect(at("tag").textContent).toBe("Tag");
    expect(at("delete").textContent).toBe("Delete…");
    expect(sentence()).toContain("would have been removed when this was scanned");
    await user.click(at("rescan"));
    await waitFor(() => expect(host.count("rescan")).toBe(1));
  });

  it("do nothing on a field that cannot be written", async () => {
    await open(Object.assign(fakeHost(makeSummary()), { overview: { fields: [{ name: "ground_truth", kind: "detections", writable: false, compare: [], sigmas: [], patches: true, slices: [] }] } }));
    for (const cy of ["tag", "delete"]) expect(at(cy)).toHaveProperty("disabled", true);
    expect(at("show")).toHaveProperty("disabled", false);
  });

  it("act on the released threshold and the chosen classes", async () => {
    const host = await open(fakeHost(makeSummary()));
    await user.click(screen.getByRole("checkbox", { name: /^truck/ }));
    await user.click(at("show-more"));
    await user.click(at("show-patches"));
    await waitFor(() => expect(host.count("show_labels")).toBe(1));
    expect(lastOf(host, "show_labels")).toEqual({ scan_key: "dups_1", iou_thresh: 0.75, method: "simple", keep: [], metric: "iou", classwise: false, classes: ["truck"], mode: "patches" });
    await waitFor(() => expect(said()).toBe("Each kept label is followed by the labels that would be removed for it."));
  });

  it("say in which order patches are, and how many labels of scenes have none", async () => {
    const host = await open(fakeHost(makeSummary()));
    host.leftOut = 9;
    await user.click(at("show-more"));
    await user.click(at("show-patches"));
    await waitFor(() => expect(said()).toBe("Each kept label is followed by the labels that would be removed for it. 9 labels of 3-D scenes have no patches and are not shown."));
  });

  it("show no patches of two fields, which FiftyOne would not crop", async () => {
    const summary = makeSummary();
    const host = await open(fakeHost({ ...summary, params: { ...summary.params, other_field: "predictions" } }));
    await user.click(at("show-more"));
    expect(at("show-patches")).toBeNull();
    await user.click(at("show-labels"));
    await waitFor(() => expect(lastOf(host, "show_labels")).toMatchObject({ mode: "labels" }));
  });

  it("report an error and change nothing else", async () => {
    await open(Object.assign(fakeHost(makeSummary()), { failures: { tag_labels: { message: "The field is read-only.", consequence: "Nothing was changed." } } }));
    await user.click(at("tag"));
    await waitFor(() => expect(at("error").textContent).toContain("The field is read-only. Nothing was changed.".slice(0, 23)));
    expect(said()).toBe("");
    expect(at("sentence")).not.toBeNull();
    expect(at("tag")).toHaveProperty("disabled", false);
  });
});

describe("disabled buttons", () => {
  const unexplained = () => [...document.querySelectorAll<HTMLElement>("button:disabled")].filter((button) => button.closest("[title]") === null).map((button) => button.outerHTML);

  it("say why, also in Groups and in the dialog", async () => {
    const host = await open(Object.assign(fakeHost(makeSummary()), { emptied: 2 }));
    await user.click(at("tab-groups"));
    await waitFor(() => expect(at("group-open")).toHaveProperty("disabled", false));
    host.held.set("show_labels", []);
    await user.click(at("show"));
    await waitFor(() => expect(at("group-real")).toHaveProperty("disabled", true));
    expect(at("group-real").closest("[title]")?.getAttribute("title")).toBe("Wait until the current action has finished.");
    expect(at("groups-back").closest("[title]")?.getAttribute("title")).toBe("This is the first page.");
    expect(unexplained()).toEqual([]);
    host.held.get("show_labels")?.forEach((release) => release());
    await waitFor(() => expect(at("delete")).toHaveProperty("disabled", false));
    await user.click(at("delete"));
    await waitFor(() => expect(at("delete-emptied-warning")).not.toBeNull());
    expect(at("delete-confirm").closest("[title]")?.getAttribute("title")).toBe("Confirm the warning above first.");
    expect(unexplained()).toEqual([]);
  });
});
