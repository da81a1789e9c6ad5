import { render, screen, waitFor, within } from "@testing-library/react";
import * as React from "react";
import { describe, expect, it } from "vitest";
import { GroupCrop } from "../../../panel/src/components/groups/GroupCrop";
import { isWebAddress, leftTexts, notSentText, sizeFault, taskName, tripDetails } from "../../../panel/src/words/cvat/trips";
import { changeRows, duplicatesText, unfinishedText } from "../../../panel/src/words/cvat/changes";
import { skippedText } from "../../../panel/src/words/freshness";
import { fakeHost, RUN, UP_TO_DATE } from "../fakeHost";
import { makeGroups } from "../makeGroups";
import { makeSummary } from "../makeSummary";
import { user, at, said, removed, requestOf, openMenu, openDialog } from "./opened";

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
