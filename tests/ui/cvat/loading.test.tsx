import { waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { fakeHost, RUN } from "../fakeHost";
import { makeSummary } from "../makeSummary";
import { user, at, said, requestOf, openDialog, dialogGone } from "./opened";

describe("loading from CVAT", () => {
  it("shows what would change, with examples, and applies exactly that", async () => {
    const host = fakeHost(makeSummary());
    const dialog = await openDialog(host, "cvat-load");
    await within(dialog).findByText("Load 4 edits from CVAT?");
    expect(document.activeElement).toBe(at("cvat-load-cancel"));
    const counts = Object.fromEntries(["unchanged", "moved", "relabeled", "attributes", "deleted", "added"].map((name) => [name, Number.parseInt(at(`cvat-row-${name}`).textContent ?? "", 10)]));
    expect(counts).toEqual({ unchanged: 2, moved: 1, relabeled: 1, attributes: 1, deleted: 1, added: 1 });
    expect(at("cvat-duplicates").textContent).toBe("After loading: 1 duplicate remains in these images.");
    expect(dialog.textContent).toContain("1 of 2 jobs is marked as completed in CVAT");
    await user.click(within(at("cvat-row-deleted")).getByRole("button"));
    expect(at("cvat-row-deleted").textContent).toContain("truck");
    await user.click(within(at("cvat-row-attributes")).getByRole("button"));
    expect(at("cvat-row-attributes").textContent).toContain("color: red → blue");
    expect(at("cvat-row-refused")).toBeNull();
    await user.click(at("cvat-apply"));
    await dialogGone("cvat-load-dialog");
    const run_id = expect.stringMatching(/^[0-9a-f]{24}$/);
    expect(requestOf(host, "load_from_cvat")).toEqual({ trip_id: "67417a2f4c1d2e3f40515250", digest: "9f86d081884c7d65", cleanup: false, emptied: 0, allow_mass_delete: false, scan_key: "dups_1", tag: "duplicate", run_id });
    expect(said()).toBe("Loaded 4 labels in 3 images from CVAT. 1 duplicate remains in these images. 1 label was skipped: 1 was edited in FiftyOne as well.");
    expect(at("message-action")?.textContent).toBe("Undo");
    await user.click(at("message-action"));
    await waitFor(() => expect(requestOf(host, "restore")).toMatchObject({ restore_key: "67417a2f4c1d2e3f40515253" }));
  });

  it("that removes every label of an object needs a second confirmation", async () => {
    const host = fakeHost(makeSummary());
    host.cvat.preview = { ...host.cvat.preview, emptied: 1 };
    const dialog = await openDialog(host, "cvat-load");
    await within(dialog).findByText("1 object would lose every label.");
    expect(at("cvat-apply")).toHaveProperty("disabled", true);
    await user.click(within(dialog).getByRole("checkbox", { name: "Delete the labels of this object anyway" }));
    await user.click(at("cvat-apply"));
    await dialogGone("cvat-load-dialog");
    expect(requestOf(host, "load_from_cvat")).toMatchObject({ emptied: 1 });
  });

  it("shows in the grid the labels that it skips", async () => {
    const host = fakeHost(makeSummary());
    const label = { sample_id: "a", label_id: "1", reason: "was edited in FiftyOne as well" };
    host.cvat.preview = { ...host.cvat.preview, skipped: { count: 3, reasons: { [label.reason]: 3 }, labels: [label, { ...label, label_id: "2" }, { ...label, label_id: null }] } };
    await openDialog(host, "cvat-load");
    await waitFor(() => expect(at("cvat-show-skipped")).not.toBeNull());
    await user.click(at("cvat-show-skipped"));
    await dialogGone("cvat-load-dialog");
    expect(requestOf(host, "show_cvat_labels")).toEqual({ trip_id: "67417a2f4c1d2e3f40515250", sample_ids: ["a"], label_ids: ["1", "2"] });
  });

  it("says that the server throttles it, as long as it does", async () => {
    const host = fakeHost(makeSummary());
    host.run = { ...RUN, waits: "throttled by CVAT for 3 s" };
    host.held.set("preview_cvat_load", []);
    await openDialog(host, "cvat-load");
    await waitFor(() => expect(at("cvat-waits")?.textContent).toBe("The load is throttled by CVAT for 3 s."), { timeout: 3000 });
    expect(requestOf(host, "poll_run")).toEqual({ run_id: requestOf(host, "preview_cvat_load")?.run_id });
    host.held.get("preview_cvat_load")?.forEach((release) => release());
    await waitFor(() => expect(at("cvat-changes")).not.toBeNull());
    await waitFor(() => expect(at("cvat-waits")).toBeNull());
  });

  it("that deletes most labels says how many, and needs a second confirmation", async () => {
    const host = fakeHost(makeSummary());
    host.cvat.preview = { ...host.cvat.preview, mass_deletion: "4 of the 6 labels sent would be deleted" };
    const dialog = await openDialog(host, "cvat-load");
    await within(dialog).findByText("4 of the 6 labels sent would be deleted.");
    expect(at("cvat-apply")).toHaveProperty("disabled", true);
    await user.click(within(dialog).getByRole("checkbox", { name: "Delete these labels anyway" }));
    await user.click(at("cvat-apply"));
    await dialogGone("cvat-load-dialog");
    expect(requestOf(host, "load_from_cvat")).toMatchObject({ allow_mass_delete: true });
  });

  it("is stopped while it compares, and while it is applied", async () => {
    const host = fakeHost(makeSummary());
    host.held.set("preview_cvat_load", []);
    await openDialog(host, "cvat-load");
    await user.click(at("cvat-load-cancel"));
    await dialogGone("cvat-load-dialog");
    expect(requestOf(host, "cancel_run")).toEqual({ run_id: requestOf(host, "preview_cvat_load")?.run_id });
    host.held.delete("preview_cvat_load");

    host.held.set("load_from_cvat", []);
    host.failures.load_from_cvat = { message: "It was canceled.", consequence: "What was changed until then is in History, and can be undone there.", advice: "Start it again to do the rest." };
    if (at("cvat-load") === null) await user.click(at("cvat"));
    await user.click(at("cvat-load"));
    await waitFor(() => expect(at("cvat-load-dialog")).not.toBeNull());
    const dialog = at("cvat-load-dialog");
    await within(dialog).findByText("Load 4 edits from CVAT?");
    await user.click(at("cvat-apply"));
    host.failures.cancel_run = { message: "There is no such run.", consequence: "", advice: "" };
    await user.click(await within(dialog).findByRole("button", { name: "Stop" }));
    const asked = host.count("cancel_run");
    // the run may have begun
    delete host.failures.cancel_run;
    await waitFor(() => expect(host.count("cancel_run")).toBeGreaterThan(asked), { timeout: 3000 });
    expect(host.sent.filter((sent) => sent.message === "cancel_run").at(-1)?.request).toEqual({ run_id: requestOf(host, "load_from_cvat")?.run_id });
    host.held.get("load_from_cvat")?.forEach((release) => release());
    await within(dialog).findByText("It was canceled.");
  });

  it("whose task is not deleted says so with what was loaded", async () => {
    const host = fakeHost(makeSummary());
    host.cvat.loaded = { ...host.cvat.loaded, problem: "1 edit was not loaded, so the task is kept in CVAT" };
    const dialog = await openDialog(host, "cvat-load");
    await user.click(await within(dialog).findByRole("checkbox", { name: "Delete the task in CVAT afterwards" }));
    await user.click(at("cvat-apply"));
    await dialogGone("cvat-load-dialog");
    expect(said()).toContain("Loaded 4 labels in 3 images from CVAT. 1 duplicate remains in these images. 1 edit was not loaded, so the task is kept in CVAT");
    expect(at("message-action")?.textContent).toBe("Undo");
  });

  it("explains conflicts, and shows one in the grid", async () => {
    const host = fakeHost(makeSummary());
    host.cvat.preview = {
      ...host.cvat.preview,
      changes: [...host.cvat.preview.changes, { kind: "conflict", sample_id: "s9", label_id: "l9", was: "car", now: "truck", edits: [] }],
    };
    await openDialog(host, "cvat-load");
    await waitFor(() => expect(at("cvat-conflicts").textContent).toContain("1 label was edited both in CVAT and here, so nothing here is overwritten."));
    await user.click(within(at("cvat-row-conflicts")).getByRole("button"));
    expect(at("cvat-row-conflicts").textContent).toContain("car, truck in CVAT");
    await user.click(within(at("cvat-row-conflicts")).getByRole("button", { name: "Show" }));
    await dialogGone("cvat-load-dialog");
    expect(requestOf(host, "show_group")).toEqual({ scan_key: "dups_1", sample_id: "s9", label_ids: ["l9"] });
  });

  it("shows attributes that both sides edited, and values that cannot be read, one by one", async () => {
    const host = fakeHost(makeSummary());
    const change = { sample_id: "s9", label_id: "l9", was: "car", now: "car" };
    const color = { name: "color", was: "red", now: "", here: "green" };
    host.cvat.preview = {
      ...host.cvat.preview,
      counts: { ...host.cvat.preview.counts, refused: 1 },
      changes: [
        { ...change, kind: "conflict", edits: [color] },
        { ...change, kind: "refused", edits: [{ name: "size", was: "", now: "abc", here: "" }] },
      ],
    };
    await openDialog(host, "cvat-load");
    await waitFor(() => expect(at("cvat-row-refused")?.textContent).toContain("have a value that cannot be read"));
    await user.click(within(at("cvat-row-conflicts")).getByRole("button"));
    expect(at("cvat-row-conflicts").textContent).toContain("car, color: red → (empty) in CVAT, green here");
    await user.click(within(at("cvat-row-refused")).getByRole("button"));
    expect(at("cvat-row-refused").textContent).toContain("car, size: (empty) → abc");
  });

  it("of nothing offers only to delete the task", async () => {
    const host = fakeHost(makeSummary());
    const counts = { ...host.cvat.preview.counts, moved: 0, relabeled: 0, attributes: 0, deleted: 0, added: 0, conflicts: 0, unchanged: 6 };
    host.cvat.preview = { ...host.cvat.preview, counts, changes: [], to_apply: 0, skipped: { count: 0, reasons: {}, labels: [] }, jobs: { done: 2, total: 2 } };
    const dialog = await openDialog(host, "cvat-load");
    await within(dialog).findByText("Nothing to load from CVAT");
    expect(at("cvat-row-conflicts")).toBeNull();
    expect(at("cvat-apply")).toHaveProperty("disabled", true);
    await user.click(within(dialog).getByRole("checkbox", { name: "Delete the task in CVAT afterwards" }));
    expect(at("cvat-apply").textContent).toBe("Delete the 1 task");
    await user.click(at("cvat-apply"));
    await waitFor(() => expect(requestOf(host, "load_from_cvat")).toMatchObject({ cleanup: true }));
  });

  it("of other edits than were shown says so, and compares again", async () => {
    const host = fakeHost(makeSummary());
    host.failures.load_from_cvat = { message: "digest: expected what was shown, but got other edits meanwhile.", consequence: "Nothing was changed." };
    const dialog = await openDialog(host, "cvat-load");
    await within(dialog).findByText("Load 4 edits from CVAT?");
    await user.click(at("cvat-apply"));
    await waitFor(() => expect(within(dialog).getByRole("alert").textContent).toContain("other edits meanwhile"));
    expect(at("cvat-apply")).toHaveProperty("disabled", true);
    host.failures = {};
    await user.click(within(dialog).getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(at("cvat-apply")).toHaveProperty("disabled", false));
    expect(host.count("preview_cvat_load")).toBe(2);
  });

  it("into a field that cannot be written shows, and applies nothing", async () => {
    const host = fakeHost(makeSummary());
    host.overview = { fields: [{ name: "ground_truth", kind: "detections", writable: false, compare: [], sigmas: [], patches: true, slices: [] }] };
    const dialog = await openDialog(host, "cvat-load");
    await within(dialog).findByText(/is read-only/);
    expect(at("cvat-apply")).toHaveProperty("disabled", true);
  });
});
