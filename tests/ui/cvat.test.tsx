import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import * as React from "react";
import { describe, expect, it } from "vitest";
import { GroupCrop } from "../../panel/src/components/groups/GroupCrop";
import { DuplicatesPanel } from "../../panel/src/DuplicatesPanel";
import { isWebAddress, leftTexts, notSentText, sizeFault, taskName, tripDetails } from "../../panel/src/words/cvat/trips";
import { changeRows, duplicatesText, unfinishedText } from "../../panel/src/words/cvat/changes";
import { skippedText } from "../../panel/src/words/freshness";
import { fakeHost, type FakeHost, RUN, UP_TO_DATE } from "./fakeHost";
import { makeGroups } from "./makeGroups";
import { makeSummary } from "./makeSummary";

const user = userEvent.setup({ delay: null, pointerEventsCheck: 0 });
const at = (cy: string) => document.querySelector(`[data-cy="${cy}"]`) as HTMLElement;
/** The text of the line at the bottom. */
const said = () => at("message")?.querySelector("span")?.textContent ?? "";
const removed = makeSummary().curves.simple.labels[70] ?? 0;
const requestOf = (host: FakeHost, message: string) => host.sent.filter((sent) => sent.message === message).at(-1)?.request;

async function openMenu(host: FakeHost): Promise<FakeHost> {
  render(<DuplicatesPanel host={host} />);
  await waitFor(() => expect(at("opening")).toBeNull());
  await waitFor(() => expect(host.count("refresh")).toBeGreaterThan(0));
  await user.click(at("cvat"));
  await waitFor(() => expect(at("cvat-trip") ?? at("cvat-none") ?? at("error")).not.toBeNull());
  return host;
}

async function openDialog(host: FakeHost, button: "cvat-send" | "cvat-load" | "cvat-discard" | "cvat-move"): Promise<HTMLElement> {
  await openMenu(host);
  await user.click(at(button));
  await waitFor(() => expect(at(`${button}-dialog`)).not.toBeNull());
  return at(`${button}-dialog`);
}

const dialogGone = (cy: string) => waitFor(() => expect(at(cy)).toBeNull());

describe("sending to CVAT", () => {
  it("says what is uploaded and to where before anything is; focus is on Cancel", async () => {
    const host = fakeHost(makeSummary());
    const dialog = await openDialog(host, "cvat-send");
    await waitFor(() => expect(at("cvat-upload").textContent).toBe("Tocvat.example.orgImages3, 0.4 MBLabels6, 3 of them flaggedAs1 task1 label is not sent: 1 that has no class."));
    expect(document.activeElement).toBe(at("cvat-send-cancel"));
    expect(at("cvat-plain")).toBeNull();
    expect(dialog.textContent).toContain(`Labels above 0.75 (${removed})`);
    expect(host.count("send_to_cvat")).toBe(0);
    await user.keyboard("{Escape}");
    await dialogGone("cvat-send-dialog");
    await waitFor(() => expect(document.activeElement).toBe(at("cvat")));
  });

  it("sends what was shown, tells how far it is, and offers the list", async () => {
    const host = fakeHost(makeSummary());
    host.run = { ...RUN, done: 1, total: 3 };
    await openDialog(host, "cvat-send");
    await user.click(at("cvat-scope-labels"));
    await waitFor(() => expect(at("cvat-send-now").textContent).toBe("Send 6 labels"));
    await waitFor(() => expect(at("cvat-send-now")).toHaveProperty("disabled", false));
    await user.click(at("cvat-send-now"));
    await waitFor(() => expect(at("cvat-uploading").textContent).toContain("Sending to CVAT: 1 of 3 images"));
    expect(at("cvat-send-dialog")).toBeNull();
    const plan = { scan_key: "dups_1", iou_thresh: 0.75, method: "simple", keep: [], metric: "iou", classwise: false, classes: null };
    const selected = { source: "plan", tag: "duplicate", scope: "labels", url: null, task_size: null, attributes: [] };
    expect(requestOf(host, "cvat_preview_upload")).toEqual({ ...plan, ...selected });
    const options = { segment_size: null, image_quality: null, project_name: null, task_assignee: null, job_assignees: null };
    expect(requestOf(host, "send_to_cvat")).toEqual({ ...plan, ...selected, ...options, expected: 6 });
    // CVAT accepts fewer labels than were shown
    const left = { count: 2, reasons: { "was not stored by CVAT": 2 } };
    host.cvat.trips = host.cvat.trips.map((trip) => ({ ...trip, run_id: RUN.run_id, labels: 5, left }));
    host.run = null;
    await waitFor(() => expect(said()).toBe("Sent 5 labels in 3 images to cvat.example.org:8080. 2 labels were not sent: 2 that were not stored by CVAT. No label was changed here."));
    expect(at("cvat-uploading")).toBeNull();
    await user.click(at("message-action"));
    await waitFor(() => expect(at("cvat-trip")).not.toBeNull());
  });

  it("takes attributes along that are checked, and none by itself", async () => {
    const host = fakeHost(makeSummary());
    const dialog = await openDialog(host, "cvat-send");
    await waitFor(() => expect(at("cvat-attributes")).not.toBeNull());
    const boxes = within(at("cvat-attributes")).getAllByRole("checkbox");
    expect(boxes.map((box) => (box as HTMLInputElement).checked)).toEqual([false, false]);
    expect(dialog.textContent).toContain("Attributes are not sent, and no label is changed.");
    host.cvat.upload = { ...host.cvat.upload, attributes: ["color"], values_left: { color: 2 }, left: { count: 0, reasons: {} } };
    await user.click(within(at("cvat-attributes")).getByRole("checkbox", { name: "color" }));
    await waitFor(() => expect(at("cvat-upload").textContent).toContain("Withcolor"));
    expect(requestOf(host, "cvat_preview_upload")).toMatchObject({ attributes: ["color"] });
    expect(at("cvat-left").textContent).toBe("color of 2 labels is not sent: CVAT cannot represent the value.");
    expect(dialog.textContent).toContain("Other attributes are not sent");
    await user.click(at("cvat-send-now"));
    await waitFor(() => expect(requestOf(host, "send_to_cvat")).toMatchObject({ attributes: ["color"] }));
  });

  it("of labels without attributes offers none, and lists nothing as not sent if everything is sent", async () => {
    const host = fakeHost(makeSummary());
    host.cvat.upload = { ...host.cvat.upload, offered: [], left: { count: 0, reasons: {} } };
    await openDialog(host, "cvat-send");
    await waitFor(() => expect(at("cvat-upload")).not.toBeNull());
    expect([at("cvat-attributes"), at("cvat-left")]).toEqual([null, null]);
  });

  it("takes options, and refuses a size that is none", async () => {
    const host = fakeHost(makeSummary());
    await openDialog(host, "cvat-send");
    await user.click(at("cvat-options"));
    await user.type(at("cvat-taskSize"), "many");
    expect(at("cvat-taskSize").getAttribute("aria-invalid")).toBe("true");
    expect(at("cvat-send-now")).toHaveProperty("disabled", true);
    await user.clear(at("cvat-taskSize"));
    await user.type(at("cvat-taskSize"), "200");
    await user.type(at("cvat-segmentSize"), "50");
    await user.type(at("cvat-projectName"), " street ");
    await user.type(at("cvat-jobAssignees"), "ann, bob");
    await waitFor(() => expect(at("cvat-send-now")).toHaveProperty("disabled", false));
    await user.click(at("cvat-send-now"));
    await waitFor(() =>
      expect(requestOf(host, "send_to_cvat")).toMatchObject({ task_size: 200, segment_size: 50, image_quality: null, project_name: "street", job_assignees: "ann, bob" }),
    );
  });

  it("can be cancelled, and says what that means", async () => {
    const host = fakeHost(makeSummary());
    host.run = { ...RUN, done: 1, total: 3 };
    await openDialog(host, "cvat-send");
    await waitFor(() => expect(at("cvat-send-now")).toHaveProperty("disabled", false));
    await user.click(at("cvat-send-now"));
    await waitFor(() => expect(at("cvat-uploading")).not.toBeNull());
    await user.click(within(at("cvat-uploading")).getByRole("button", { name: "Cancel" }));
    await screen.findByText("The upload was canceled. No label was changed.");
    expect(host.count("cancel_run")).toBe(1);
  });

  it("that fails on the way says why", async () => {
    const host = fakeHost(makeSummary());
    host.run = { ...RUN, state: "failed", error: { message: "The upload failed: no room on the server", consequence: "Nothing was changed." } };
    await openDialog(host, "cvat-send");
    await waitFor(() => expect(at("cvat-send-now")).toHaveProperty("disabled", false));
    await user.click(at("cvat-send-now"));
    await waitFor(() => expect(at("cvat-uploading")?.textContent).toContain("no room on the server"));
    await user.click(within(at("cvat-uploading")).getByRole("button", { name: "Dismiss this error" }));
    expect(at("cvat-uploading")).toBeNull();
  });

  it("without an account says how to set one, and offers nothing to send", async () => {
    const host = fakeHost(makeSummary());
    host.cvat.status = { ...host.cvat.status, configured: false, host: null, encrypted: null, problem: "Expected FIFTYONE_CVAT_USERNAME, got none" };
    await openDialog(host, "cvat-send");
    await waitFor(() => expect(at("cvat-setup").textContent).toContain("Expected FIFTYONE_CVAT_USERNAME, got none"));
    expect(at("cvat-setup").textContent).toContain("FIFTYONE_CVAT_PASSWORD");
    expect(at("cvat-send-now")).toBeNull();
    expect(host.count("cvat_preview_upload")).toBe(0);
  });

  it("without a server asks for its address, and counts nothing before it has one", async () => {
    const host = fakeHost(makeSummary());
    host.cvat.status = { ...host.cvat.status, configured: false, needs_url: true, host: null, encrypted: null };
    host.cvat.upload = { ...host.cvat.upload, host: "10.0.0.7:8080", encrypted: false };
    const dialog = await openDialog(host, "cvat-send");
    await waitFor(() => expect(at("cvat-url")).not.toBeNull());
    expect(dialog.textContent).toContain("the public cloud is used only if you type its address");
    expect(host.count("cvat_preview_upload")).toBe(0);
    await user.type(at("cvat-url"), "http://10.0.0.7:8080");
    await waitFor(() => expect(at("cvat-plain")?.textContent).toContain("not encrypted"));
    expect(host.count("cvat_preview_upload")).toBe(1);
    expect(requestOf(host, "cvat_preview_upload")).toMatchObject({ url: "http://10.0.0.7:8080" });
  });

  it("that cannot be previewed says why in the dialog, and can be tried again", async () => {
    const host = fakeHost(makeSummary());
    host.failures.cvat_preview_upload = { message: "Expected images that can be read, but found /a.jpg.", consequence: "Nothing was changed." };
    const dialog = await openDialog(host, "cvat-send");
    await waitFor(() => expect(within(dialog).getByRole("alert").textContent).toContain("images that can be read"));
    expect(at("cvat-send-now")).toHaveProperty("disabled", true);
    host.failures = {};
    await user.click(within(dialog).getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(at("cvat-upload")).not.toBeNull());
    expect(within(dialog).queryByRole("alert")).toBeNull();
  });

  it("that is refused keeps the dialog and what was typed", async () => {
    const host = fakeHost(makeSummary());
    host.failures.send_to_cvat = { message: "assignee: expected people whom CVAT knows, but got 'zoe'." };
    const dialog = await openDialog(host, "cvat-send");
    await waitFor(() => expect(at("cvat-send-now")).toHaveProperty("disabled", false));
    await user.click(at("cvat-send-now"));
    await waitFor(() => expect(within(dialog).getByRole("alert").textContent).toContain("zoe"));
    expect(at("cvat-uploading")).toBeNull();
  });

  it("of tagged labels is offered", async () => {
    const host = fakeHost(makeSummary());
    host.freshness = { ...UP_TO_DATE, tagged: 7 };
    await openDialog(host, "cvat-send");
    await user.click(at("cvat-source-tag"));
    await waitFor(() => expect(requestOf(host, "cvat_preview_upload")).toMatchObject({ source: "tag", tag: "duplicate" }));
  });
});

describe("the list of round trips", () => {
  it("takes up an upload that was begun before the page was loaded", async () => {
    const host = fakeHost(makeSummary());
    host.run = { ...RUN, done: 2, total: 3 };
    host.cvat.trips = host.cvat.trips.map((trip) => ({ ...trip, state: "sending", run_id: "run_7", jobs: null, links: [] }));
    await openMenu(host);
    await waitFor(() => expect(at("cvat-uploading").textContent).toContain("Sending to CVAT: 2 of 3 images"));
    expect(requestOf(host, "poll_run")).toEqual({ run_id: "run_7" });
    expect(at("cvat-send")).toHaveProperty("disabled", true);
  });

  it("says how far each is, links to its tasks, and shows no stale number to send", async () => {
    const host = fakeHost(makeSummary());
    const [trip] = host.cvat.trips;
    if (trip === undefined) throw new Error("the example has no trip");
    host.cvat.trips = [
      trip,
      { ...trip, anno_key: "duplicates_cvat_2", trip_id: "2", state: "failed", jobs: null, links: ["javascript:alert(1)"], problem: "It was not sent whole; discard it to remove what is left of it" },
      { ...trip, anno_key: "duplicates_cvat_3", trip_id: "3", state: "sending", jobs: null, links: [] },
    ];
    host.freshness = { ...UP_TO_DATE, state: "changed", edited: 1 };
    await openMenu(host);
    const [first, failed, sending] = [...document.querySelectorAll<HTMLElement>('[data-cy="cvat-trip"]')] as [HTMLElement, HTMLElement, HTMLElement];
    expect(first.textContent).toContain("6 labels in 3 images, 3 flagged");
    expect(first.textContent).toContain("1 of 2 jobs done · ground_truth · ");
    expect(first.textContent).toContain("With color");
    expect(at("cvat-trip-left").textContent).toBe("1 label was not sent: 1 that has no class.");
    const link = within(first).getByRole("link", { name: "Task 157" });
    expect(link.getAttribute("href")).toBe("http://cvat.example.org:8080/tasks/157");
    expect([link.getAttribute("target"), link.getAttribute("rel")]).toEqual(["_blank", "noopener noreferrer"]);
    expect(within(failed).queryByRole("link")).toBeNull();
    expect(failed.textContent).toContain("discard it to remove");
    expect(within(failed).getByRole("button", { name: "Load…" })).toHaveProperty("disabled", true);
    expect(within(sending).getByRole("button", { name: "Discard…" })).toHaveProperty("disabled", true);
    expect(at("cvat-send").textContent).toBe("Send to CVAT…");
  });

  it("that is empty says so", async () => {
    const host = fakeHost(makeSummary());
    host.cvat.trips = [];
    await openMenu(host);
    expect(at("cvat-none").textContent).toBe("No labels of this dataset are in CVAT.");
    expect(at("cvat-send").textContent).toBe(`Send ${removed} to CVAT…`);
  });

  it("that cannot be loaded says why, and the panel still works", async () => {
    const host = fakeHost(makeSummary());
    host.failures.list_cvat = { message: "The database did not answer." };
    await openMenu(host);
    expect(within(screen.getByRole("dialog", { name: "CVAT" })).getByRole("alert").textContent).toContain("did not answer");
    await user.keyboard("{Escape}");
    await waitFor(() => expect(document.activeElement).toBe(at("cvat")));
  });
});

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
    expect(at("cvat-waits")).toBeNull();
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
    await user.click(await within(dialog).findByRole("button", { name: "Stop" }));
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

describe("discarding a round trip", () => {
  it("asks first, with focus on Cancel, then takes it off the list", async () => {
    const host = fakeHost(makeSummary());
    const dialog = await openDialog(host, "cvat-discard");
    expect(dialog.textContent).toContain("Delete 1 task in CVAT?");
    expect(document.activeElement).toBe(at("cvat-discard-cancel"));
    await user.click(at("cvat-discard-now"));
    await waitFor(() => expect(at("cvat-none")).not.toBeNull());
    expect(requestOf(host, "discard_cvat")).toEqual({ trip_id: "67417a2f4c1d2e3f40515250", forget: false });
    expect(said()).toBe("Deleted 1 task in CVAT. No label was changed here.");
  });

  it("says so where its task was gone before", async () => {
    const host = fakeHost(makeSummary());
    host.cvat.discarded = 0;
    await openDialog(host, "cvat-discard");
    await user.click(at("cvat-discard-now"));
    await waitFor(() => expect(said()).toBe("1 task had already been deleted. No label was changed here."));
  });

  it("of a server that is gone can be forgotten here alone, once it has failed", async () => {
    const host = fakeHost(makeSummary());
    host.failures.discard_cvat = { message: "cvat.example.org: expected an answer, but got none.", consequence: "Nothing was changed." };
    const dialog = await openDialog(host, "cvat-discard");
    expect(at("cvat-forget")).toBeNull();
    await user.click(at("cvat-discard-now"));
    await waitFor(() => expect(within(dialog).getByRole("alert").textContent).toContain("expected an answer"));
    host.failures = {};
    await user.click(at("cvat-forget"));
    await waitFor(() => expect(said()).toContain("Removed the round trip from this list"));
    expect(requestOf(host, "discard_cvat")).toMatchObject({ forget: true });
  });
});

describe("moving a round trip", () => {
  it("is offered where the server does not answer, asks for the new address, and says what was found there", async () => {
    const host = fakeHost(makeSummary());
    await openMenu(host);
    expect(at("cvat-move")).toBeNull();
    host.cvat.trips = host.cvat.trips.map((trip) => ({ ...trip, jobs: null, problem: "cvat.example.org:8080: expected an answer, but got none" }));
    await user.keyboard("{Escape}");
    await user.click(at("cvat"));
    await waitFor(() => expect(at("cvat-move")).not.toBeNull());
    await user.click(at("cvat-move"));
    expect(at("cvat-move-dialog").textContent).toContain("Now at cvat.example.org:8080");
    expect(document.activeElement).toBe(at("cvat-move-cancel"));
    host.failures.move_cvat = { message: "new.example.org: expected a server with the 1 task of the trip, but got none.", consequence: "Nothing was changed." };
    await user.type(at("cvat-url"), " https://new.example.org {Enter}");
    await waitFor(() => expect(at("error").textContent).toContain("but got none."));
    expect(requestOf(host, "move_cvat")).toEqual({ trip_id: "67417a2f4c1d2e3f40515250", url: "https://new.example.org" });
    host.failures = {};
    await user.clear(at("cvat-url"));
    await user.click(at("cvat-move-now"));
    await waitFor(() => expect(said()).toBe("The round trip is now at cvat.example.org, which has its task. No label was changed."));
    expect(requestOf(host, "move_cvat")).toMatchObject({ url: null });
    await waitFor(() => expect(at("cvat-trip")).not.toBeNull());
    expect([at("cvat-problem"), at("cvat-move")]).toEqual([null, null]);
  });
});

describe("the picture of a group", () => {
  it("that cannot be drawn says so, and does not wait for ever", async () => {
    const group = makeGroups()[0];
    if (group === undefined) throw new Error("no group was made");
    render(<GroupCrop group={group} stressed={null} draw={() => Promise.resolve(null)} />);
    await waitFor(() => expect(at("group-crop").textContent).toBe("This picture could not be drawn."));
  });
});

describe("words about CVAT", () => {
  const preview = fakeHost(null).cvat.preview;

  it("count alike changes together, the most frequent first", () => {
    const change = { sample_id: "s", label_id: "l", was: "car", now: "truck", edits: [] };
    const changes = [
      { ...change, kind: "relabeled" as const, now: null },
      { ...change, kind: "relabeled" as const },
      { ...change, kind: "moved and relabeled" as const },
    ];
    const rows = changeRows({ ...preview, changes });
    expect(rows.find(({ name }) => name === "relabeled")?.examples.map(({ text, labels }) => [text, labels])).toEqual([["car → truck", 2], ["car → (no class)", 1]]);
    expect(rows.find(({ name }) => name === "moved")?.examples.map(({ text }) => text)).toEqual(["car → truck"]);
  });

  it.each([
    ["", null],
    [" 5 ", null],
    ["0", "A whole number from 1 to 100"],
    ["101", "A whole number from 1 to 100"],
    ["1.5", "A whole number from 1 to 100"],
  ])("say of the quality %j: %j", (typed, fault) => {
    expect(sizeFault("imageQuality", typed)).toBe(fault);
  });

  it("say what is not sent, in singular or plural", () => {
    const left = { count: 3, reasons: { "has no class": 2, "is in an image that does not exist": 1 } };
    expect(notSentText(left)).toBe("3 labels were not sent: 2 that have no class, 1 that is in an image that does not exist");
    expect(notSentText({ count: 0, reasons: {} })).toBeNull();
    const upload = { ...fakeHost(null).cvat.upload, attributes_left: { when: "is a DateTimeField" }, values_left: { color: 1 } };
    expect(leftTexts(upload)).toEqual(["1 label is not sent: 1 that has no class", "when is not sent: it is a DateTimeField", "color of 1 label is not sent: CVAT cannot represent the value"]);
  });

  it("shorten a long value, so that what stands behind it is seen", () => {
    const edits = [{ name: "color", was: "red", now: "x".repeat(300), here: "green" }];
    const change = { kind: "conflict" as const, sample_id: "s", label_id: "l", was: "car", now: "car", edits };
    const row = changeRows({ ...preview, changes: [change] }).find(({ name }) => name === "conflicts");
    expect(row?.examples[0]?.text).toBe(`car, color: red → ${"x".repeat(23)}… in CVAT, green here`);
  });

  it("say why labels were skipped, in the number of the labels", () => {
    const reasons = { "is a track in CVAT, not a shape": 2, "was edited in FiftyOne as well": 1, "no bounding box": 3 };
    expect(skippedText({ count: 6, reasons })).toBe("6 labels were skipped: 2 are a track in CVAT, not a shape, 1 was edited in FiftyOne as well, 3 no bounding box");
  });

  it("name tasks by their number, and link only to web addresses", () => {
    expect(taskName("http://cvat:8080/tasks/157")).toBe("Task 157");
    expect([isWebAddress("https://a/tasks/1"), isWebAddress("javascript:alert(1)")]).toEqual([true, false]);
  });

  it("say what is unfinished, what remains, and how a trip stands", () => {
    expect(unfinishedText({ done: 2, total: 2 })).toBeNull();
    expect(unfinishedText({ done: 0, total: 1 })).toMatch(/^0 of 1 job is marked as completed/);
    expect(unfinishedText({ done: 0, total: 2 })).toMatch(/^0 of 2 jobs are marked as completed/);
    expect(duplicatesText(0)).toBe("No duplicates remain in these images.");
    const [trip] = fakeHost(null).cvat.trips;
    if (trip === undefined) throw new Error("the example has no trip");
    const now = Date.parse(trip.created_at) + 5 * 60_000;
    expect(tripDetails({ ...trip, state: "loaded" }, now)).toBe("1 of 2 jobs done · loaded · ground_truth · 5 min ago");
    expect(tripDetails({ ...trip, state: "sending", jobs: null }, now)).toBe("being sent · ground_truth · 5 min ago");
    expect(tripDetails({ ...trip, jobs: null, label_field: "checked", renamed_from: "ground_truth" }, now)).toBe("checked (renamed from ground_truth) · 5 min ago");
  });
});
