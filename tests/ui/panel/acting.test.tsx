import { cleanup, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { fakeHost, OWN_VIEW, RUN, UP_TO_DATE } from "../fakeHost";
import { makeSummary } from "../makeSummary";
import { at, choose, labelsAt, lastOf, open, said, sentence, textOf, user } from "./opened";

describe("the view of the user", () => {
  it("is kept when the panel shows another one, over a page load too, and comes back with its filters", async () => {
    const host = await open(fakeHost(makeSummary()));
    expect(at("back-to-view")).toHaveProperty("disabled", true);
    await user.click(at("show"));
    await waitFor(() => expect(host.remembered).toMatchObject({ own_view: OWN_VIEW }));
    cleanup();
    host.planView = true;
    await open(host);
    await waitFor(() => expect(at("back-to-view")).toHaveProperty("disabled", false));
    await user.click(at("back-to-view"));
    await waitFor(() => expect(host.filters).toEqual({ confidence: { range: [0, 1] } }));
    expect(host.sent.find((sent) => sent.message === "restore_view")?.request).toEqual({ own_view: OWN_VIEW });
  });

  it("comes back from a scan without overlaps too", async () => {
    const host = await open(Object.assign(fakeHost(makeSummary({ removed: 0, pairs: 0 })), { planView: true }));
    await waitFor(() => expect(at("nothing-found")).not.toBeNull());
    await user.click(at("back-to-view"));
    await waitFor(() => expect(host.filters).toEqual({ confidence: { range: [0, 1] } }));
  });

  it("stays while a sample is opened with its labels selected; the selection ends with the sample", async () => {
    const host = await open(Object.assign(fakeHost(makeSummary()), { remembered: { look: { tab: "groups" }, scan_key: "dups_1" } }));
    await waitFor(() => expect(at("group-open")).not.toBeNull());
    await user.click(at("group-open"));
    await waitFor(() => expect(host.count("show_group")).toBe(1));
    expect(host.count("leave_sample")).toBe(0);
    await waitFor(() => {
      host.closeSample();
      expect(host.count("leave_sample")).toBe(1);
    });
  });
});

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
    await waitFor(() => expect(said()).toContain(": restored "));
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

describe("deleting", () => {
  it("asks for confirmation with the server's counts by class, and focuses Cancel", async () => {
    const host = await open(fakeHost(makeSummary()));
    await user.click(at("delete"));
    const dialog = await screen.findByRole("dialog");
    await within(dialog).findByText(`Delete ${labelsAt(70)} labels in 298 images?`);
    expect(document.activeElement).toBe(at("delete-cancel"));
    expect(dialog.textContent).toContain("Method simple, IoU above 0.75. Keep: FiftyOne’s order.");
    expect(dialog.textContent).toContain("person");
    expect(dialog.textContent).toContain("undo this from History");
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(host.count("delete_labels")).toBe(0);
  });

  it("says what the plan is expected to cost, but nothing like it of tagged labels", async () => {
    await open(Object.assign(fakeHost(makeSummary()), { freshness: { ...UP_TO_DATE, tagged: 5 } }));
    const labels = labelsAt(70) ?? 0;
    await user.click(at("delete"));
    await user.click(screen.getByLabelText("Labels above this threshold"));
    const about = `about ${Math.round(0.85 * labels)} to ${Math.round(0.95 * labels)} of them are one object with a kept label`;
    await waitFor(() => expect(at("delete-cost").textContent).toBe(`Estimate: ${about}; about 12 more lie below.`));
    await user.click(screen.getByLabelText("Labels tagged “duplicate” (5)"));
    await waitFor(() => expect(document.querySelector('[data-cy="delete-difference"]')).not.toBeNull());
    expect(document.querySelector('[data-cy="delete-cost"]')).toBeNull();
  });

  it("shows the reasons and the new class balance on request", async () => {
    const host = await open(fakeHost(makeSummary()));
    await user.click(at("details"));
    await waitFor(() => expect(at("balance").textContent).toContain("10,777 → 10,625"));
    expect(at("plan-tables").textContent).toContain("29.30 → 29.16 %");
    await user.click(at("delete"));
    const dialog = await screen.findByRole("dialog");
    await user.click(await within(dialog).findByRole("button", { name: "Plan details" }));
    await waitFor(() => expect(dialog.textContent).toContain("e.g. truck: confidence 0.93 > 0.71"));
    expect(host.sent.find((sent) => sent.message === "plan_details")?.request).toMatchObject({ iou_thresh: 0.75, method: "simple" });
  });

  it("deletes once, sends the confirmed number, and reports the result", async () => {
    const host = await open(fakeHost(makeSummary()));
    await user.click(at("delete"));
    await waitFor(() => expect(at("delete-confirm")).toHaveProperty("disabled", false));
    await user.click(at("delete-confirm"));
    await waitFor(() => expect(said()).toContain(`Deleted ${labelsAt(70)} labels`));
    expect(host.sent.find((sent) => sent.message === "delete_labels")?.request).toMatchObject({ source: "plan", expected: labelsAt(70) });
    expect(host.count("delete_labels")).toBe(1);
  });

  it("shows its progress, can be canceled, and says what was deleted until then", async () => {
    const host = await open(fakeHost(makeSummary()));
    host.run = { ...RUN, done: 4_000, total: 10_000 };
    host.held.set("delete_labels", []);
    await user.click(at("delete"));
    await waitFor(() => expect(at("delete-confirm")).toHaveProperty("disabled", false));
    await user.click(at("delete-confirm"));
    await waitFor(() => expect(at("run").textContent).toContain("Deleting: 4,000 of 10,000 images"));
    const { run_id } = host.sent.find((sent) => sent.message === "delete_labels")?.request ?? {};
    expect(host.sent.find((sent) => sent.message === "poll_run")?.request).toEqual({ run_id });
    await user.click(at("cancel-run"));
    expect(at("run").textContent).toContain("Canceling");
    expect(host.sent.find((sent) => sent.message === "cancel_run")?.request).toEqual({ run_id });
    host.canceled = true;
    host.held.get("delete_labels")?.forEach((release) => release());
    await waitFor(() => expect(said()).toBe(`Canceled midway. Deleted ${labelsAt(70)} labels in ${makeSummary().curves.simple.images[70]} images.`));
    expect(at("run")).toBeNull();
    expect(at("message-action").textContent).toBe("Undo");
  });

  it("asks for a second confirmation before objects lose every label", async () => {
    const host = await open(Object.assign(fakeHost(makeSummary()), { emptied: 116 }));
    await user.click(at("delete"));
    await waitFor(() => expect(at("delete-emptied-warning").textContent).toContain("116 objects would lose every label."));
    expect(at("delete-emptied-warning").textContent).toContain("judged by the scan dups_1");
    expect(at("delete-confirm")).toHaveProperty("disabled", true);
    await user.click(screen.getByRole("checkbox", { name: /these 116 objects anyway/ }));
    await user.click(at("delete-confirm"));
    await waitFor(() => expect(host.sent.find((sent) => sent.message === "delete_labels")?.request).toMatchObject({ emptied: 116 }));
  });

  it("says Tagged while exactly the plan is tagged, and Tag when the plan is another", async () => {
    await open(fakeHost(makeSummary()));
    await user.click(at("tag"));
    await waitFor(() => expect(at("tag").textContent).toBe(`Tagged ${labelsAt(70)}`));
    expect(at("tag")).toHaveProperty("disabled", true);
    await choose("method", /^greedy/);
    await waitFor(() => expect(at("tag").textContent).toMatch(/^Tag /));
    expect(at("tag")).toHaveProperty("disabled", false);
  });

  it("preselects the tagged labels, and says how they differ from the plan", async () => {
    const host = await open(Object.assign(fakeHost(makeSummary()), { freshness: { ...UP_TO_DATE, tagged: 5 } }));
    await waitFor(() => expect(at("untag").textContent).toBe("Untag 5"));
    expect(at("delete").textContent).toBe("Delete 5…");
    await user.click(at("delete"));
    expect(await screen.findByLabelText("Labels tagged “duplicate” (5)")).toHaveProperty("checked", true);
    await waitFor(() => expect(at("delete-difference").textContent).toBe("5 tagged; 18 of the plan are not tagged; 3 tagged by hand."));
    expect(host.sent.findLast((sent) => sent.message === "preview_delete")?.request).toMatchObject({ source: "tag" });
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

describe("tags that a person changes in the App", () => {
  it.each([
    ["added", 0, 3],
    ["taken off", 21, 3],
  ])("are %s before Delete is pressed, and what it preselects follows", async (_, before, now) => {
    const host = await open(Object.assign(fakeHost(makeSummary()), { freshness: { ...UP_TO_DATE, tagged: before } }));
    host.freshness = { ...UP_TO_DATE, tagged: now };
    await user.click(at("delete"));
    expect(await screen.findByLabelText(`Labels tagged “duplicate” (${now})`)).toHaveProperty("checked", true);
    await waitFor(() => expect(lastOf(host, "preview_delete")).toMatchObject({ source: "tag" }));
    expect(at("delete").textContent).toBe(`Delete ${now}…`);
  });
});

describe("history", () => {
  it("lists the newest actions and undoes the chosen one", async () => {
    const host = await open(fakeHost(makeSummary()));
    await user.click(at("history"));
    const dialog = await screen.findByRole("dialog", { name: "History" });
    await within(dialog).findByText("Deleted 54 labels in 48 images");
    expect(within(dialog).getByText("Tagged 55 labels in 49 images “duplicate”")).not.toBeNull();
    expect(dialog.textContent).toContain("restored");
    expect(within(dialog).getAllByRole("button", { name: "Restore" })).toHaveLength(1);
    await user.click(within(dialog).getByRole("button", { name: "Restore" }));
    await waitFor(() => expect(said()).toBe("Undid the deletion: restored 54 labels in 48 images."));
    expect(host.sent.find((sent) => sent.message === "restore")?.request).toMatchObject({ restore_key: "act_3" });
  });

  it("is exported in pieces", async () => {
    const host = await open(fakeHost(makeSummary()));
    await user.click(at("history"));
    await user.click(await screen.findByRole("button", { name: "CSV" }));
    await waitFor(() => expect(host.files[0]?.name).toBe("duplicates-journal.csv"));
    expect(await textOf(host.files[0]?.content)).toBe("a,b\r\n1,2\r\n3,4\r\n");
    expect(host.sent.filter((sent) => sent.message === "export_rows").map((sent) => sent.request.cursor)).toEqual([null, "next"]);
  });

  it("says if it is empty", async () => {
    await open(Object.assign(fakeHost(makeSummary()), { actions: [] }));
    await user.click(at("history"));
    await screen.findByText("No labels have been changed yet.");
  });
});

describe("exports", () => {
  it.each(["svg", "png", "html"])("%s gives one file", async (kind) => {
    const host = await open(fakeHost(makeSummary()));
    await user.click(at("export"));
    await user.click(at(`export-${kind}`));
    await waitFor(() => expect(host.files).toHaveLength(1));
    expect(host.files[0]?.name).toMatch(new RegExp(`\\.${kind}$`));
  });

  it.each([
    ["pairs-csv", "duplicates-dups_1-pairs.csv"],
    ["class_pairs-json", "duplicates-dups_1-class_pairs.json"],
    ["plan-csv", "duplicates-dups_1-0.75.csv"],
    ["plan-json", "duplicates-dups_1-0.75.json"],
    ["review-csv", "duplicates-review.csv"],
  ])("%s gives the whole table", async (kind, name) => {
    const host = await open(fakeHost(makeSummary()));
    await user.click(at("export"));
    await user.click(at(`export-${kind}`));
    await waitFor(() => expect(host.files[0]?.name).toBe(name));
    expect(said()).toMatch(/: 2 rows\.$/);
  });

  it("of a plan request what the panel shows", async () => {
    const host = await open(fakeHost(makeSummary()));
    await user.click(at("export"));
    await user.click(at("export-plan-csv"));
    await waitFor(() => expect(host.files).toHaveLength(1));
    expect(host.sent.filter((sent) => sent.message === "export_rows").map((sent) => sent.request)).toMatchObject([
      { what: "plan", format: "csv", cursor: null, scan_key: "dups_1", iou_thresh: 0.75, method: "simple", keep: [], metric: "iou", classwise: false, classes: null },
      { what: "plan", cursor: "next" },
    ]);
  });
});
