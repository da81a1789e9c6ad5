import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { ON_DANGER } from "../../../panel/src/components/widgets/theme";
import { entryOf, fakeHost } from "../fakeHost";
import { makeSummary } from "../makeSummary";
import { at, choose, labelsAt, lastOf, open, openForm, requests, requestsAtRest, sentence, user } from "./opened";

describe("the threshold", () => {
  it("follows the pointer on the histogram and is set where the pointer is released", async () => {
    const host = await open(fakeHost(makeSummary()));
    const before = await requestsAtRest(host);
    const picture = screen.getByRole("group", { name: /^Histogram/ });
    const x = (iou: number) => 40 + ((iou - 0.05) / 0.95) * (600 - 32 - 80);
    fireEvent.pointerDown(picture, { clientX: x(0.9), button: 0 });
    fireEvent.pointerMove(picture, { clientX: x(0.5) });
    expect(sentence()).toContain(`${labelsAt(45)?.toLocaleString("en-US")} of 36,781 labels`);
    fireEvent.pointerUp(picture, { clientX: x(0.5) });
    fireEvent.pointerMove(picture, { clientX: x(0.8) });
    expect(screen.getByRole("textbox", { name: "Threshold" })).toHaveProperty("value", "0.50");
    expect(at("bin-note").textContent).toMatch(/^0\.\d\d–0\.\d\d: \d+ labels?$/);
    expect(requests(host)).toBe(before);
  });

  it("updates every number while the slider is dragged, without requests", async () => {
    const host = await open(fakeHost(makeSummary()));
    const before = await requestsAtRest(host);
    const slider = screen.getByRole("slider", { name: "IoU threshold" });
    for (const value of [700, 600, 500]) fireEvent.change(slider, { target: { value } });
    expect(sentence()).toContain(`${labelsAt(45)?.toLocaleString("en-US")} of 36,781 labels would be removed`);
    expect(at("tag").textContent).toBe(`Tag ${labelsAt(45)?.toLocaleString("en-US")}`);
    expect(screen.getByRole("checkbox", { name: /^person/ }).textContent).toContain(
      makeSummary().classes[0]?.simple?.labels[45]?.toLocaleString("en-US") ?? "?",
    );
    expect(requests(host)).toBe(before);
  });

  it("moves by arrow keys on the histogram, by a tenth with Shift", async () => {
    const host = await open(fakeHost(makeSummary()));
    const before = await requestsAtRest(host);
    const handle = screen.getByRole("slider", { name: "Threshold, on the histogram" });
    fireEvent.keyDown(handle, { key: "ArrowLeft" });
    fireEvent.keyDown(handle, { key: "ArrowLeft", shiftKey: true });
    fireEvent.keyUp(handle, { key: "ArrowLeft" });
    expect(screen.getByRole("textbox", { name: "Threshold" })).toHaveProperty("value", "0.64");
    expect(requests(host)).toBe(before);
  });

  it("off the grid needs one request, and no outdated number is shown until its reply", async () => {
    const host = await open(fakeHost(makeSummary()));
    host.held.set("count_labels", []);
    const field = screen.getByRole("textbox", { name: "Threshold" });
    await user.clear(field);
    await user.type(field, "0.755{Enter}");
    expect(at("tag").textContent).toBe("Tag");
    expect(at("sentence").textContent).not.toContain("would be removed");
    host.held.get("count_labels")?.forEach((release) => release());
    await waitFor(() => expect(sentence()).toContain("77 of 36,781"));
    expect(host.count("count_labels")).toBe(1);
    expect(lastOf(host, "count_labels")).toEqual({ scan_key: "dups_1", iou_thresh: 0.755, method: "simple", keep: [], metric: "iou", classwise: false, classes: null });
  });

  it("is unchanged by invalid input, which is reported", async () => {
    await open(fakeHost(makeSummary()));
    const field = screen.getByRole("textbox", { name: "Threshold" });
    await user.clear(field);
    await user.type(field, "7");
    expect(field.getAttribute("aria-invalid")).toBe("true");
    await user.tab();
    expect(field).toHaveProperty("value", "0.75");
  });

  it("is not changed by a reply to an outdated request", async () => {
    const host = await open(fakeHost(makeSummary()));
    const queue: (() => void)[] = [];
    host.held.set("count_labels", queue);
    const field = screen.getByRole("textbox", { name: "Threshold" });
    for (const typed of ["0.755", "0.765"]) {
      await user.clear(field);
      await user.type(field, `${typed}{Enter}`);
    }
    await waitFor(() => expect(queue).toHaveLength(2));
    await act(async () => queue[0]?.());
    expect(sentence()).not.toContain("would be removed");
    await act(async () => queue[1]?.());
    await waitFor(() => expect(sentence()).toContain("77"));
  });
});

describe("classes", () => {
  it("restrict the counts by a click; the number of images is known for one class and requested for two", async () => {
    const host = await open(fakeHost(makeSummary()));
    await user.click(screen.getByRole("checkbox", { name: /^person/ }));
    expect(sentence()).toContain("labels of person would be removed");
    expect(host.count("count_labels")).toBe(0);
    await user.click(screen.getByRole("checkbox", { name: /^car,/ }));
    await waitFor(() => expect(host.count("count_labels")).toBe(1));
    expect(lastOf(host, "count_labels")?.classes).toEqual(["person", "car"]);
    await user.click(at("all-classes"));
    expect(sentence()).toContain("of 36,781 labels would be removed");
  });

  it("render only visible rows of a thousand", async () => {
    await open(fakeHost(makeSummary({ names: Array.from({ length: 1000 }, (_, i) => `class ${i}`) })));
    expect(document.querySelectorAll('[data-cy="class-row"]').length).toBeLessThan(20);
    await user.click(at("show-all-classes"));
    expect(document.querySelectorAll('[data-cy="class-row"]').length).toBeLessThan(40);
    await user.type(screen.getByRole("textbox", { name: "Find a class" }), "class 99");
    expect(document.querySelectorAll('[data-cy="class-row"]').length).toBe(11);
  });
});

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
    await waitFor(() => expect(sentence()).toContain(`about ${Math.round(0.85 * labels)} to ${Math.round(0.95 * labels)} of them are one object with a kept label; about 12 more lie below`));
  });

  it("moves to the lowest threshold that is expected to be precise", async () => {
    await open(fakeHost(makeSummary()));
    fireEvent.click(at("precise"));
    await waitFor(() => expect(sentence()).toContain(`${labelsAt(57)?.toLocaleString("en-US")} of 36,781`));
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
    expect(at("legend").textContent).toContain("labels by their largest likelihood");
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

describe("the bars", () => {
  it("count the labels of the chosen class, and the legend names them", async () => {
    const host = await open(fakeHost(makeSummary()));
    expect(at("legend").textContent).toContain("labels by their largest IoU");
    const before = at("histogram").innerHTML;
    await user.click(screen.getByRole("checkbox", { name: /^person/ }));
    expect(at("legend").textContent).toContain("labels of person by their largest IoU");
    expect(host.sent.find((sent) => sent.message === "count_bars")?.request).toEqual({ scan_key: "dups_1", metric: "iou", classwise: false, classes: ["person"] });
    await waitFor(() => expect(at("histogram").innerHTML).not.toBe(before));
  });

  it("are not those of a class in the scan that was shown before", async () => {
    const summary = makeSummary();
    const host = fakeHost(summary);
    host.others = [{ ...summary, scan_key: "dups_9", title: "Masks" }];
    host.scans = [...host.scans, ...host.others.map(entryOf)];
    await open(host);
    const queue: (() => void)[] = [];
    host.held.set("count_bars", queue);
    await user.click(screen.getByRole("checkbox", { name: /^person/ }));
    await waitFor(() => expect(queue).toHaveLength(1));
    await user.click(at("scans"));
    await user.click(await screen.findByText("Masks"));
    await waitFor(() => expect(lastOf(host, "open_scan")).toMatchObject({ scan_key: "dups_9" }));
    await act(async () => queue[0]?.());
    await user.click(screen.getByRole("checkbox", { name: /^person/ }));
    await waitFor(() => expect(queue).toHaveLength(2));
    expect(host.sent.filter((sent) => sent.message === "count_bars").at(-1)?.request).toMatchObject({ scan_key: "dups_9" });
  });
});

describe("the cut", () => {
  it("folds to one line and the slider once its sentence is scrolled away", async () => {
    await open(fakeHost(makeSummary()));
    const scroller = at("histogram").closest("[data-folds]") as HTMLElement;
    expect(at("folded-cut")).toBeNull();
    vi.spyOn(document.querySelector("[data-sentence]") as Element, "getBoundingClientRect").mockReturnValue({ bottom: -20 } as DOMRect);
    fireEvent.scroll(scroller);
    expect(at("folded-cut").textContent).toBe(`0.75 · ${labelsAt(70)} of 36,781 in 298 images`);
    const [slider] = within(at("folded-cut")).getAllByRole("slider");
    fireEvent.change(slider as Element, { target: { value: 500 } });
    expect(at("folded-cut").textContent).toContain(`0.50 · ${labelsAt(45)?.toLocaleString("en-US")}`);
  });
});

describe("the colors of buttons", () => {
  const channel = (value: number) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const luminance = (hex: string) => [1, 3, 5].map((at) => channel(Number.parseInt(hex.slice(at, at + 2), 16) / 255)).reduce((sum, value, k) => sum + value * ([0.2126, 0.7152, 0.0722][k] ?? 0), 0);
  const contrast = (a: string, b: string) => {
    const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((one, other) => other - one);
    return (high + 0.05) / (low + 0.05);
  };

  it("of deletions can be read: at least 4.5 to 1", () => {
    expect(contrast("#ffffff", "#d32f2f")).toBeCloseTo(4.98, 1);
    expect(contrast("#ffffff", ON_DANGER.bgcolor)).toBeGreaterThan(4.5);
    expect(contrast("#ffffff", ON_DANGER["&:hover"].bgcolor)).toBeGreaterThan(4.5);
  });
});
