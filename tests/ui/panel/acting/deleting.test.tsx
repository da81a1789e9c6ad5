import { act, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { fakeHost, RUN, UP_TO_DATE } from "../../fakeHost";
import { makeSummary } from "../../makeSummary";
import { at, choose, labelsAt, lastOf, open, said, user } from "../opened";

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

  it("waits until it is known how many labels are tagged, as these are preselected", async () => {
    const host = Object.assign(fakeHost(makeSummary()), { freshness: { ...UP_TO_DATE, tagged: 5 } });
    host.held.set("refresh", []);
    await open(host);
    expect(at("delete").textContent).toBe("Delete…");
    expect(at("delete")).toHaveProperty("disabled", true);
    act(() => host.held.get("refresh")?.forEach((release) => release()));
    await waitFor(() => expect(at("delete").textContent).toBe("Delete 5…"));
    expect(at("untag").textContent).toBe("Untag 5");
    expect(at("delete")).toHaveProperty("disabled", false);
  });

  it("says what the plan is expected to cost, but nothing like it of tagged labels", async () => {
    await open(Object.assign(fakeHost(makeSummary()), { freshness: { ...UP_TO_DATE, tagged: 5 } }));
    const labels = labelsAt(70) ?? 0;
    await user.click(at("delete"));
    await user.click(screen.getByLabelText("Labels above this threshold"));
    const about = `about ${Math.round(0.85 * labels)} to ${Math.round(0.95 * labels)} of them are duplicates of a kept label`;
    await waitFor(() => expect(at("delete-cost").textContent).toBe(`Estimate: ${about}; about 12 duplicates remain.`));
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
    await waitFor(() => expect(dialog.textContent).toContain("(example: truck, confidence 0.93 > 0.71)"));
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
    expect(at("delete-emptied-warning").textContent).toContain("0.75 in this scan.");
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
