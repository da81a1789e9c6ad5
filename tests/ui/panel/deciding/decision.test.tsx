import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { fakeHost } from "../../fakeHost";
import { makeSummary } from "../../makeSummary";
import { at, choose, labelsAt, lastOf, open, openForm, requests, requestsAtRest, said, sentence, user } from "../opened";

describe("the decision", () => {
  it("by a stored method updates every number without counting on the server", async () => {
    const host = await open(fakeHost(makeSummary()));
    const counting = () => host.count("recount") + host.count("count_labels");
    const before = counting();
    await choose("method", /^greedy · /);
    expect(sentence()).toContain(`${labelsAt(70, "greedy")} of`);
    expect(counting()).toBe(before);
  });

  it("says what the cut is expected to cost once the slider rests", async () => {
    await open(fakeHost(makeSummary()));
    const labels = labelsAt(70) ?? 0;
    await waitFor(() => expect(sentence()).toContain(`about ${Math.round(0.85 * labels)} to ${Math.round(0.95 * labels)} of them are duplicates of a kept label; about 12 duplicates remain`));
  });

  it("moves to the lowest threshold that is expected to be precise", async () => {
    await open(fakeHost(makeSummary()));
    fireEvent.click(at("precise"));
    await waitFor(() => expect(sentence()).toContain(`${labelsAt(57)?.toLocaleString("en-US")} of 36,781`));
    expect(said()).toBe("About 91 % of the labels removed above an IoU of 0.62 are expected to be duplicates; at lower thresholds, fewer than 90 %.");
  });

  it.each([
    ["the threshold", () => fireEvent.keyDown(at("threshold-slider").querySelector("input") as Element, { key: "ArrowRight" })],
    ["the method", () => choose("method", /^greedy/)],
    ["the classes", () => fireEvent.click(at("class-row"))],
  ])("removes what it says of the threshold when %s is changed", async (_, change) => {
    await open(fakeHost(makeSummary()));
    fireEvent.click(at("precise"));
    await waitFor(() => expect(said()).toContain("About 91 %"));
    await user.click(at("axis-linear"));
    expect(said()).toContain("About 91 %");
    await change();
    await waitFor(() => expect(said()).toBe(""));
  });

  it("by another method is requested once, and the slider makes no requests", async () => {
    const host = await open(fakeHost(makeSummary()));
    host.held.set("recount", []);
    await choose("method", /^nms/);
    expect(at("tag").textContent).toBe("Tag");
    expect(sentence()).not.toContain("would be removed");
    host.held.get("recount")?.forEach((release) => release());
    const fewer = Math.round(0.9 * (labelsAt(70, "greedy") ?? 0));
    await waitFor(() => expect(sentence()).toContain(`${fewer} of 36,781`));
    expect(at("tag").textContent).toBe(`Tag ${fewer}`);
    const before = await requestsAtRest(host);
    fireEvent.change(screen.getByRole("slider", { name: "IoU threshold" }), { target: { value: 500 } });
    expect(sentence()).toContain(`${Math.round(0.9 * (labelsAt(45, "greedy") ?? 0)).toLocaleString("en-US")} of`);
    expect(requests(host)).toBe(before);
    expect(host.count("recount")).toBe(1);
  });

  it("uses several keep rules in order, with their values", async () => {
    const host = await open(fakeHost(makeSummary()));
    await user.click(at("keep"));
    await choose("keep-add", /^Largest/);
    await choose("keep-add", /^Has a tag/);
    expect(at("keep-apply")).toHaveProperty("disabled", true);
    await user.type(screen.getByRole("textbox", { name: "tag" }), "reviewed");
    await user.click(screen.getByRole("button", { name: "Move the rule Has a tag up" }));
    await user.click(at("keep-apply"));
    await waitFor(() => expect(host.count("recount")).toBe(1));
    const decision = { method: "simple", keep: ["tagged:reviewed", "largest"], metric: "iou", classwise: false };
    expect(host.sent.find((sent) => sent.message === "recount")?.request).toEqual({ scan_key: "dups_1", ...decision });
    expect(at("keep").textContent).toBe("Tag reviewed, then largest");
    await waitFor(() => expect(at("tag")).toHaveProperty("disabled", false));
    await user.click(at("tag"));
    await waitFor(() => expect(host.sent.find((sent) => sent.message === "tag_labels")?.request).toMatchObject(decision));
  });

  it.each([
    ["simple", "Of two labels that overlap too much, the less preferred one is removed.", "The earlier label of a pair is preferred."],
    ["greedy", "The label with the most overlaps is removed first, until none overlap too much. This often removes fewer labels.", "Of two labels with equally many overlaps, the earlier one is removed."],
    ["nms", "Starting with the most preferred label, every label that overlaps a kept one is removed, and no other.", "The earlier label of a pair is preferred."],
    ["fewest", "As few labels as possible are removed.", "The earlier label of a pair is preferred."],
  ])("by %s names the preferred label: with a keep rule, no longer the earlier one", async (method, removed, ordered) => {
    await open(fakeHost(makeSummary()));
    if (method !== "simple") await choose("method", new RegExp(`^${method}`));
    expect(at("decision-words").textContent).toBe(`${removed} ${ordered}`);
    await user.click(at("keep"));
    await choose("keep-add", /^Largest/);
    await user.click(at("keep-apply"));
    await waitFor(() => expect(at("keep").textContent).toBe("Largest"));
    expect(at("decision-words").textContent).toBe(`${removed} Preferred: largest; in a tie, the earlier label.`);
    expect(at("decision-words").textContent).not.toMatch(/(earlier|later) (one|label of)/);
  });

  it("by IoS starts at 0.5, warns that it is noisy, and deletes only after a second confirmation", async () => {
    const host = await open(Object.assign(fakeHost(makeSummary()), { remembered: { scan_key: "dups_1", iou_thresh: 0.3, method: "nms" } }));
    await choose("metric", /^IoS/);
    await waitFor(() => expect(screen.getByRole("textbox", { name: "Threshold" })).toHaveProperty("value", "0.50"));
    expect(at("decision-words").textContent).toContain("noisy");
    await waitFor(() => expect(at("delete")).toHaveProperty("disabled", false));
    await user.click(at("delete"));
    await within(await screen.findByRole("dialog")).findByText(/wheel of a bicycle/);
    await waitFor(() => expect(host.count("preview_delete")).toBe(1));
    expect(at("delete-confirm")).toHaveProperty("disabled", true);
    await user.click(screen.getByRole("checkbox", { name: /Delete them anyway/ }));
    await user.click(at("delete-confirm"));
    await waitFor(() => expect(host.sent.find((sent) => sent.message === "delete_labels")?.request).toMatchObject({ metric: "ios", sure: true }));
  });

  it("by likelihood starts at 0.95, names the likelihood everywhere, and is what is planned and deleted", async () => {
    const host = await open(fakeHost(makeSummary()));
    await choose("metric", /^Likelihood/);
    await waitFor(() => expect(screen.getByRole("textbox", { name: "Threshold" })).toHaveProperty("value", "0.95"));
    await waitFor(() => expect(sentence()).toContain("would be removed, each more than 95 % likely to be one object with another label"));
    const decision = { method: "simple", keep: [], metric: "likelihood", classwise: false };
    expect(lastOf(host, "recount")).toEqual({ scan_key: "dups_1", ...decision });
    expect(lastOf(host, "count_bars")).toMatchObject({ metric: "likelihood" });
    expect(screen.getByRole("heading", { name: "Largest likelihood of each label" })).toBeTruthy();
    expect(screen.getByRole("slider", { name: "likelihood threshold" })).toBeTruthy();
    expect(at("decision-words").textContent).toContain("likelihood to be one object");
    await waitFor(() => expect(at("delete")).toHaveProperty("disabled", false));
    await user.click(at("delete"));
    const dialog = within(await screen.findByRole("dialog"));
    await dialog.findByText(/likelihood above 0.95/);
    await waitFor(() => expect(at("delete-confirm")).toHaveProperty("disabled", false));
    await user.click(at("delete-confirm"));
    await waitFor(() => expect(lastOf(host, "delete_labels")).toMatchObject({ ...decision, iou_thresh: 0.95, sure: false }));
  });

  it("offers no likelihood for a scan of two fields, not even one that another scan was set to", async () => {
    const summary = makeSummary();
    const host = fakeHost({ ...summary, params: { ...summary.params, other_field: "predictions" } });
    await open(Object.assign(host, { remembered: { scan_key: "dups_1", iou_thresh: 0.95, method: "simple", metric: "likelihood" } }));
    expect(at("metric").textContent).toContain("IoU");
    expect(screen.getByRole("textbox", { name: "Threshold" })).toHaveProperty("value", "0.75");
    await user.click(within(at("metric")).getByRole("combobox"));
    expect(screen.getAllByRole("option").map((option) => option.textContent?.slice(0, 3))).toEqual(["IoU", "IoS"]);
  });

  it("is that of the scan when a scan is opened", async () => {
    const summary = makeSummary();
    const host = await open(fakeHost({ ...summary, params: { ...summary.params, method: "fewest", keep: ["newest"] } }));
    expect(host.sent.find((sent) => sent.message === "recount")?.request).toMatchObject({ method: "fewest", keep: ["newest"] });
    expect(at("keep").textContent).toBe("Newest");
  });

  it("of two fields names them, and leaves nothing else to choose", async () => {
    const summary = makeSummary();
    await open(fakeHost({ ...summary, params: { ...summary.params, label_field: "predictions", other_field: "ground_truth" } }));
    expect(at("decision-words").textContent).toBe("A label of predictions is removed if it overlaps a label of ground_truth too much.");
    expect(at("keep")).toHaveProperty("disabled", true);
  });

  it("that cannot be counted is replaced by FiftyOne's, with the reason", async () => {
    const host = await open(Object.assign(fakeHost(makeSummary()), { failures: { recount: { message: "There is no such attribute." } } }));
    await choose("method", /^nms/);
    await waitFor(() => expect(at("error").textContent).toContain("no such attribute"));
    expect(sentence()).toContain(`${labelsAt(70)} of`);
    expect(host.count("recount")).toBe(1);
  });
});

describe("the class rule", () => {
  it("of a scan of any class needs no scan: the numbers are counted again at once", async () => {
    const host = await openForm(fakeHost(makeSummary()));
    await user.click(at("class-same"));
    expect(at("draft")).toBeNull();
    await waitFor(() => expect(host.sent.find((sent) => sent.message === "recount")?.request).toMatchObject({ method: "simple", classwise: true }));
    expect(host.sent.find((sent) => sent.message === "count_bars")?.request).toEqual({ scan_key: "dups_1", metric: "iou", classwise: true, classes: null });
    expect(at("scan-line").textContent).toContain("same class");
    const fewer = Math.round(0.9 * (labelsAt(70, "greedy") ?? 0));
    await waitFor(() => expect(at("tag").textContent).toBe(`Tag ${fewer}`));
    await user.click(at("scan"));
    expect(host.sent.find((sent) => sent.message === "start_scan")?.request).toMatchObject({ classwise: false });
  });

  it.each([
    ["any", { classwise: true }, 0],
    ["same", { classwise: false }, 3],
  ])("“%s class” that a scan does not hold starts a draft", async (rule, params, truncated) => {
    const summary = makeSummary();
    const host = await openForm(fakeHost({ ...summary, truncated, params: { ...summary.params, ...params } }));
    await user.click(at(`class-${rule}`));
    expect(at("draft")).not.toBeNull();
    expect(host.count("recount")).toBe(0);
    await user.click(at("scan"));
    expect(host.sent.find((sent) => sent.message === "start_scan")?.request).toMatchObject({ classwise: rule === "same" });
  });
});
