import { act, cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import * as React from "react";
import { describe, expect, it, vi } from "vitest";
import { ON_DANGER } from "../../panel/src/components/widgets/theme";
import { DuplicatesPanel } from "../../panel/src/DuplicatesPanel";
import type { MessageName } from "../../panel/src/protocol/messages";
import { entryOf, fakeHost, type FakeHost, OWN_VIEW, RUN, UP_TO_DATE } from "./fakeHost";
import { verdictsText } from "../../panel/src/words/review/counts";
import { makeSummary } from "./makeSummary";

const user = userEvent.setup({ delay: null, pointerEventsCheck: 0 });
const at = (cy: string) => document.querySelector(`[data-cy="${cy}"]`) as HTMLElement;
/** What the line at the bottom says. */
const said = () => at("message")?.querySelector("span")?.textContent ?? "";
const sentence = () => at("sentence").textContent ?? "";
const labelsAt = (index: number, method: "simple" | "greedy" = "simple") => makeSummary().curves[method].labels[index];

/** The newest request of a message. */
const lastOf = (host: FakeHost, name: MessageName) => host.sent.filter(({ message }) => message === name).at(-1)?.request;

async function open(host: FakeHost): Promise<FakeHost> {
  render(<DuplicatesPanel host={host} />);
  await waitFor(() => expect(at("opening")).toBeNull());
  await waitFor(() => expect(host.count("refresh")).toBeGreaterThan(0));
  return host;
}

async function openForm(host: FakeHost): Promise<FakeHost> {
  await open(host);
  await user.click(at("scan-line"));
  return host;
}

function textOf(file: Blob | undefined): Promise<string> {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.readAsText(file ?? new Blob());
  });
}

describe("a scan that is stored elsewhere", () => {
  it("is offered once, and opened on request", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const host = await open(fakeHost(makeSummary()));
    const later = () => act(() => vi.advanceTimersByTime(15_000));
    later();
    await waitFor(() => expect(host.count("list_scans")).toBe(1));
    expect(at("newer")).toBeNull();

    const another = { ...makeSummary({ labels: 50_000 }), scan_key: "dups_9", title: "Another" };
    host.others = [another];
    host.scans = [entryOf(another), ...host.scans];
    later();
    await waitFor(() => expect(at("newer").textContent).toBe("A newer scan is stored.Open"));
    expect(sentence()).toContain("of 36,781 labels");
    // what made that scan may have changed labels, which this panel says before any dialog does
    await waitFor(() => expect(host.count("refresh")).toBe(2));
    await user.click(at("open-newer"));
    await waitFor(() => expect(sentence()).toContain(`of ${another.labels.toLocaleString("en-US")} labels`));
    later();
    await waitFor(() => expect(host.count("list_scans")).toBe(3));
    expect(at("newer")).toBeNull();
    vi.useRealTimers();
  });

  it("is opened in the open panel when another place of the App asks for it", async () => {
    const host = fakeHost(makeSummary());
    const { rerender } = render(<DuplicatesPanel host={host} />);
    await waitFor(() => expect(at("opening")).toBeNull());
    const another = { ...makeSummary({ labels: 50_000 }), scan_key: "dups_9", title: "Another" };
    host.others = [another];
    host.scans = [entryOf(another), ...host.scans];
    rerender(<DuplicatesPanel host={{ ...host, requestedScan: { scanKey: "dups_9" } }} />);
    await waitFor(() => expect(sentence()).toContain(`of ${another.labels.toLocaleString("en-US")} labels`));
  });

  it("is looked for without an error message if the server does not reply", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const host = await open(fakeHost(makeSummary()));
    host.failures = { list_scans: { message: "No answer.", consequence: "", advice: "" } };
    act(() => vi.advanceTimersByTime(15_000));
    await waitFor(() => expect(host.count("list_scans")).toBe(1));
    expect(document.querySelector('[data-cy="error"]')).toBeNull();
    vi.useRealTimers();
  });
});

describe("the threshold", () => {
  it("follows the pointer on the histogram and is set where the pointer is released", async () => {
    const host = await open(fakeHost(makeSummary()));
    const before = host.sent.length;
    const picture = screen.getByRole("group", { name: /^Histogram/ });
    const x = (iou: number) => 40 + ((iou - 0.05) / 0.95) * (600 - 32 - 80);
    fireEvent.pointerDown(picture, { clientX: x(0.9), button: 0 });
    fireEvent.pointerMove(picture, { clientX: x(0.5) });
    expect(sentence()).toContain(`${labelsAt(45)?.toLocaleString("en-US")} of 36,781 labels`);
    fireEvent.pointerUp(picture, { clientX: x(0.5) });
    fireEvent.pointerMove(picture, { clientX: x(0.8) });
    expect(screen.getByRole("textbox", { name: "Threshold" })).toHaveProperty("value", "0.50");
    expect(at("bin-note").textContent).toMatch(/^0\.\d\d–0\.\d\d: \d+ labels?$/);
    expect(host.sent.length).toBe(before);
  });

  it("updates every number while the slider is dragged, without requests", async () => {
    const host = await open(fakeHost(makeSummary()));
    const before = host.sent.length;
    const slider = screen.getByRole("slider", { name: "IoU threshold" });
    for (const value of [700, 600, 500]) fireEvent.change(slider, { target: { value } });
    expect(sentence()).toContain(`${labelsAt(45)?.toLocaleString("en-US")} of 36,781 labels would be removed`);
    expect(at("tag").textContent).toBe(`Tag ${labelsAt(45)?.toLocaleString("en-US")}`);
    expect(screen.getByRole("checkbox", { name: /^person/ }).textContent).toContain(
      makeSummary().classes[0]?.simple?.labels[45]?.toLocaleString("en-US") ?? "?",
    );
    expect(host.sent.length).toBe(before);
  });

  it("moves by arrow keys on the histogram, by a tenth with Shift", async () => {
    const host = await open(fakeHost(makeSummary()));
    const before = host.sent.length;
    const handle = screen.getByRole("slider", { name: "Threshold, on the histogram" });
    fireEvent.keyDown(handle, { key: "ArrowLeft" });
    fireEvent.keyDown(handle, { key: "ArrowLeft", shiftKey: true });
    fireEvent.keyUp(handle, { key: "ArrowLeft" });
    expect(screen.getByRole("textbox", { name: "Threshold" })).toHaveProperty("value", "0.64");
    expect(host.sent.length).toBe(before);
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

async function choose(cy: string, option: RegExp) {
  await user.click(within(at(cy)).getByRole("combobox"));
  await user.click(await screen.findByRole("option", { name: option }));
}

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
    const before = host.sent.length;
    fireEvent.change(screen.getByRole("slider", { name: "IoU threshold" }), { target: { value: 500 } });
    expect(sentence()).toContain(`${Math.round(0.9 * (labelsAt(45, "greedy") ?? 0)).toLocaleString("en-US")} of`);
    expect(host.sent.length).toBe(before);
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
    const host = await open(Object.assign(fakeHost(makeSummary({ removed: 0 })), { planView: true }));
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
    expect(at("tag").parentElement?.title).toBe("Scan first, or go back to the scan that is shown.");
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

describe("scanning", () => {
  it("sends the form, polls, and opens the stored scan", async () => {
    const summary = makeSummary();
    const host = fakeHost(summary);
    host.scans = [];
    await open(host);
    expect(at("not-scanned")).not.toBeNull();
    host.run = { ...RUN, done: 10, total: 40 };
    await user.click(at("scan"));
    await waitFor(() => expect(at("run").textContent).toContain("10 of 40 images"));
    expect(host.sent.find((sent) => sent.message === "start_scan")?.request).toEqual({
      label_field: "ground_truth",
      other_field: null,
      classwise: false,
      compare: null,
      keypoint_sigmas: null,
      unmarked_as_missing: false,
      target: "dataset",
      slices: null,
      background: false,
    });
    host.run = null;
    await waitFor(() => expect(at("sentence")).not.toBeNull(), { timeout: 3000 });
    await waitFor(() => expect(said()).toBe("The scan is finished."));
  });

  describe("of keypoints", () => {
    const sigmasSent = (host: FakeHost) => host.sent.find(({ message }) => message === "start_scan")?.request.keypoint_sigmas;
    function keypointsHost(unmarked: string | null = null) {
      const summary = makeSummary();
      const params = { ...summary.params, label_field: "keypoints", keypoint_sigmas: [0.08, 0.08] };
      return fakeHost({ ...summary, measure: "OKS", compared: ["2 sigmas of 0.08"], unmarked, params });
    }

    it("compares with the sigmas of the displayed scan, and shows them", async () => {
      const host = await openForm(keypointsHost());
      expect(at("scan-line").textContent).toContain("2 sigmas of 0.08");
      expect(screen.getByRole("heading", { name: "Largest OKS of each label" })).toBeTruthy();
      expect(at("metric").textContent).toContain("OKS");
      expect(at("sigmas-typed").getAttribute("value")).toBe("0.08, 0.08");
      await user.click(at("scan"));
      expect(sigmasSent(host)).toEqual([0.08, 0.08]);
    });

    it("compares with sigmas chosen by name", async () => {
      const host = await openForm(keypointsHost());
      await choose("sigmas", /^COCO/);
      await user.click(at("scan"));
      expect(sigmasSent(host)).toEqual([0.052, 0.05]);
    });

    it("treats unmarked points as missing on request, and reports them", async () => {
      const unmarked = "15 of 17 points of 240 labels lie exactly at (0, 0), compared like any other point";
      const host = await openForm(keypointsHost(unmarked));
      expect(at("scan-notes").textContent).toContain(unmarked);
      await user.click(at("unmarked").querySelector("input") ?? at("unmarked"));
      await user.click(at("scan"));
      expect(host.sent.find(({ message }) => message === "start_scan")?.request.unmarked_as_missing).toBe(true);
    });
  });

  it("of a grouped dataset covers the chosen slices, and lists them", async () => {
    const summary = makeSummary();
    const host = fakeHost({ ...summary, unit: "sample", scope: { ...summary.scope, slices: ["left", "scene"] } });
    const slices = [{ name: "left", media_type: "image" }, { name: "right", media_type: "image" }, { name: "scene", media_type: "3d" }];
    const names = slices.map(({ name }) => name);
    host.overview = {
      dataset: { name: "fake", media_type: "group", samples: 12, slices },
      slice: "left",
      fields: [{ name: "ground_truth", kind: "detections", writable: true, compare: [], sigmas: [], patches: true, slices: names }],
    };
    await openForm(host);
    expect(at("scan-line").textContent).toContain("slices left and scene");
    expect(sentence()).toMatch(/in \d+ samples/);
    expect(at("target").textContent).toContain("groups");
    const box = within(at("slices")).getByRole("combobox");
    expect(box.textContent).toBe("left and scene");
    await user.click(box);
    expect(screen.getByRole("option", { name: /scene/ }).textContent).toContain("scenes");
    await user.click(screen.getByRole("option", { name: /scene/ }));
    expect(box.textContent).toBe("left");
    expect(at("draft").textContent).toBe("Not scanned yet");
    await user.click(screen.getByRole("option", { name: /^all 3/ }));
    expect(box.textContent).toBe("all 3: left, right, scene");
    await user.keyboard("{Escape}");
    await user.click(at("scan"));
    await waitFor(() => expect(host.sent.find((sent) => sent.message === "start_scan")?.request.slices).toEqual(names));
  });

  it("in the background is shown as such, with how to start a worker if none runs", async () => {
    const host = await openForm(fakeHost(makeSummary()));
    host.run = { ...RUN, state: "queued", background: true, waiting: 20 };
    await user.click(at("scan-more"));
    await user.click(at("scan-background"));
    await waitFor(() => expect(at("no-worker")?.textContent).toContain("fiftyone delegated launch"));
    await user.click(at("scan-line"));
    expect(at("scan")).toHaveProperty("disabled", true);
  });

  it("can be cancelled", async () => {
    const host = await open(Object.assign(fakeHost(makeSummary()), { overview: { run: RUN }, run: RUN }));
    await user.click(at("cancel-run"));
    await screen.findByText(/was canceled/);
    expect(host.count("cancel_run")).toBe(1);
  });

  it("that fails shows the reason and the consequence", async () => {
    const run = { ...RUN, state: "failed" as const, error: { message: "The field is gone.", consequence: "Nothing was changed.", details: "FieldError" } };
    await open(Object.assign(fakeHost(makeSummary()), { overview: { run } }));
    expect(at("error").textContent).toContain("The field is gone.");
    expect(at("error").textContent).not.toContain("FieldError");
    await user.click(screen.getByRole("button", { name: "Details" }));
    expect(at("error").textContent).toContain("FieldError");
  });
});

describe("a scan of unchanged data", () => {
  it("stores nothing, says since when, and opens the scan that holds the same", async () => {
    const host = await openForm(fakeHost(makeSummary()));
    const other = { ...makeSummary({ labels: 50_000 }), scan_key: "dups_9", created_at: "2026-11-20T12:03:00" };
    host.others = [other];
    host.unchanged = "dups_9";
    await user.click(at("scan"));
    await waitFor(() => expect(said()).toMatch(/^(Unchanged since the scan of Nov 20, 12:03|Nothing has changed since this scan); nothing new was stored\.$/));
    expect(sentence()).toContain(`of ${other.labels.toLocaleString("en-US")} labels`);
    expect(host.count("poll_run")).toBe(0);
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
    expect(said()).toBe("");
  });

  it("report how many labels of scenes have no patches", async () => {
    const host = await open(fakeHost(makeSummary()));
    host.leftOut = 9;
    await user.click(at("show-more"));
    await user.click(at("show-patches"));
    await waitFor(() => expect(said()).toBe("9 labels of 3-D scenes have no patches and are not shown."));
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

describe("a view that cannot be scanned", () => {
  it("is named with the reason, which ends with it", async () => {
    const reason = "The App shows a clips view, which cannot be scanned.";
    const host = Object.assign(fakeHost(makeSummary()), { overview: { view_refused: reason as string | null } });
    const { rerender } = render(<DuplicatesPanel host={host} />);
    await waitFor(() => expect(at("scan-line")).not.toBeNull());
    await user.click(at("scan-line"));
    await waitFor(() => expect(at("view-refused").textContent).toBe(reason));
    host.overview = { view_refused: null };
    rerender(<DuplicatesPanel host={{ ...host, viewKey: "another" }} />);
    await waitFor(() => expect(at("view-refused")).toBeNull());
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
    expect(screen.getByLabelText("Labels tagged “duplicate” (5)")).toHaveProperty("checked", true);
    await waitFor(() => expect(at("delete-difference").textContent).toBe("5 tagged; 18 of the plan are not tagged; 3 tagged by hand."));
    expect(host.sent.findLast((sent) => sent.message === "preview_delete")?.request).toMatchObject({ source: "tag" });
  });
});

describe("class pairs", () => {
  const rows = () => [...document.querySelectorAll<HTMLElement>('[data-cy="pair-row"]')];
  async function openPairs(host: FakeHost): Promise<FakeHost> {
    await open(host);
    await user.click(at("tab-pairs"));
    await waitFor(() => expect(rows().length).toBeGreaterThan(0));
    return host;
  }

  it("are counted at the threshold as a list and a matrix, and follow the slider without requests", async () => {
    const host = await openPairs(fakeHost(makeSummary()));
    const counts = (pair: number) => Number(rows()[pair]?.querySelector('[data-cy="pair-count"]')?.textContent?.replace(",", ""));
    const first = counts(0);
    expect(rows().map((row) => row.textContent)[0]).toContain("person and person");
    expect(at("pair-matrix").querySelectorAll('[data-cy="pair-cell"]').length).toBeGreaterThan(10);
    const before = host.sent.length;
    fireEvent.change(screen.getByRole("slider", { name: "IoU threshold" }), { target: { value: 300 } });
    expect(counts(0)).toBeGreaterThan(first);
    expect(host.sent.length).toBe(before);
  });

  it("show their groups on click", async () => {
    const host = await openPairs(fakeHost(makeSummary()));
    await user.click(screen.getByRole("button", { name: "person and bicycle" }));
    await waitFor(() => expect(host.sent.findLast((sent) => sent.message === "list_groups")?.request).toMatchObject({ pair: ["person", "bicycle"], offset: 0 }));
    expect(at("groups-pair").textContent).toBe("person and bicycle");
    await user.click(at("groups-pair"));
    await waitFor(() => expect(host.sent.findLast((sent) => sent.message === "list_groups")?.request).toMatchObject({ pair: null }));
  });

  it("may overlap or have their own threshold; this makes the scan out of date, and can be undone", async () => {
    const host = await openPairs(fakeHost(makeSummary()));
    await user.click(screen.getByRole("button", { name: "Rule for person and person" }));
    await user.click(at("pair-rule-overlap"));
    await waitFor(() => expect(rows()[0]?.textContent).toContain("may overlap"));
    expect(host.sent.find((sent) => sent.message === "set_class_pair")?.request).toEqual({ scan_key: "dups_1", pair: ["person", "person"], may_overlap: true, iou_thresh: null });
    await waitFor(() => expect(at("stale")).not.toBeNull());
    await user.click(at("pair-rule-own"));
    await waitFor(() => expect(rows()[0]?.textContent).toContain("above 0.9"));
    await user.click(at("message-action"));
    await waitFor(() => expect(host.sent.findLast((sent) => sent.message === "set_class_pair")?.request).toMatchObject({ may_overlap: true, iou_thresh: null }));
  });

  it("are listed only for the chosen classes", async () => {
    await openPairs(Object.assign(fakeHost(makeSummary()), { remembered: { scan_key: "dups_1", classes: ["truck"] } }));
    expect(rows().map((row) => row.querySelector("button")?.textContent)).toEqual(["car and truck", "bus and truck"]);
  });
});

describe("groups", () => {
  const cards = () => document.querySelectorAll<HTMLElement>('[data-cy="group"]');
  async function openGroups(host: FakeHost): Promise<FakeHost> {
    await open(host);
    await user.click(at("tab-groups"));
    await waitFor(() => expect(cards().length).toBeGreaterThan(0));
    return host;
  }

  it("are paged, each with its crop, members, outcomes, reasons and likelihood", async () => {
    const host = await openGroups(fakeHost(makeSummary()));
    expect(host.sent.find((sent) => sent.message === "list_groups")?.request).toEqual({
      scan_key: "dups_1", iou_thresh: 0.75, method: "simple", keep: [], metric: "iou", classwise: false, classes: null, pair: null, offset: 0, limit: 12,
    });
    expect(cards()).toHaveLength(12);
    expect(cards()[0]?.textContent).toContain("removed; the other label is kept: confidence 0.93 > 0.71");
    expect(cards()[0]?.textContent).toContain("0.99 almost certainly one object");
    await waitFor(() => expect(cards()[0]?.querySelectorAll("svg path").length).toBe(4));
    await user.click(at("groups-on"));
    await waitFor(() => expect(at("groups-page").textContent).toContain("13–24 of 30 groups"));
    expect(host.remembered).toMatchObject({ look: { tab: "groups", page: 1 } });
  });

  it("are named as chain or clique, and large ones are marked", async () => {
    await openGroups(fakeHost(makeSummary()));
    expect([...document.querySelectorAll('[data-cy="group-kind"]')].slice(0, 5).map((badge) => badge.textContent)).toEqual(["pair", "pair", "pair", "chain of 5", "chain of 80"]);
    expect(cards()[4]?.textContent).toContain("The first 50 of 80 labels are listed.");
    expect(cards()[4]?.querySelector('[data-cy="group-real"]')).toBeNull();
  });

  it("with a verdict disappear; a scan too large to be repeated is out of date, and the verdict can be undone", async () => {
    const host = await openGroups(fakeHost(makeSummary()));
    await user.click(at("group-real"));
    await waitFor(() => expect(at("groups-page").textContent).toContain("of 29 groups"));
    expect(host.sent.find((sent) => sent.message === "judge_labels")?.request).toEqual({ scan_key: "dups_1", label_ids: ["label-0-0", "label-0-1"] });
    await waitFor(() => expect(at("stale").textContent).toContain("verdicts or class pair rules were changed"));
    await user.click(at("message-action"));
    await waitFor(() => expect(at("groups-page").textContent).toContain("of 30 groups"));
  });

  it("with a verdict cause a new scan, which replaces the open one on the same page", async () => {
    const host = await openGroups(fakeHost(makeSummary()));
    await user.click(at("groups-on"));
    await waitFor(() => expect(at("groups-page").textContent).toContain("13–24"));
    host.judged = { ...makeSummary({ labels: 3000 }), scan_key: "dups_2" };
    await user.click(at("group-real"));
    await waitFor(() => expect(sentence()).toContain("of 9,400 labels"));
    await waitFor(() => expect(host.sent.filter((sent) => sent.message === "list_groups").at(-1)?.request).toMatchObject({ scan_key: "dups_2", offset: 12 }));
    expect(host.sent.filter((sent) => sent.message === "refresh").at(-1)?.request).toMatchObject({ scan_key: "dups_2" });
  });

  it("with a verdict do not replace a scan that is opened in the meantime", async () => {
    const host = fakeHost(makeSummary());
    const another = { ...makeSummary({ labels: 50_000 }), scan_key: "dups_9", title: "Another" };
    const all = `of ${another.labels.toLocaleString("en-US")} labels`;
    host.others = [another];
    host.scans = [...host.scans, entryOf(another)];
    await openGroups(host);
    host.judged = { ...makeSummary({ labels: 3000 }), scan_key: "dups_2" };
    host.held.set("judge_labels", []);
    await user.click(at("group-real"));
    await user.click(at("scans"));
    await user.click(await screen.findByText("Another"));
    await waitFor(() => expect(sentence()).toContain(all));
    host.held.get("judge_labels")?.forEach((release) => release());
    await waitFor(() => expect(said()).toContain("Remembered"));
    await waitFor(() => expect(host.sent.filter((sent) => sent.message === "refresh").at(-1)?.request).toMatchObject({ scan_key: "dups_9" }));
    expect(sentence()).toContain(all);
  });

  it("with verdicts are listed, and the verdicts deleted one by one", async () => {
    const host = fakeHost(makeSummary());
    host.verdicts = [0, 1].map((k) => ({ label_ids: [`label-${k}-0`, `label-${k}-1`], verdict: "real" as const, kept: null, who: null, created_at: "2026-11-22T10:40:00Z", sample_id: null, labels: [] }));
    await openGroups(host);
    expect(at("verdicts").textContent).toBe("2 marked as real");
    await user.click(at("verdicts"));
    await waitFor(() => expect(document.querySelectorAll('[data-cy="verdict"]')).toHaveLength(2));
    await user.click(at("forget"));
    await waitFor(() => expect(at("verdicts").textContent).toBe("1 marked as real"));
  });

  it("are selected by arrow keys and opened in the App by Enter", async () => {
    const host = await openGroups(fakeHost(makeSummary()));
    cards()[0]?.focus();
    await user.keyboard("{ArrowDown}{Enter}");
    expect(document.activeElement).toBe(cards()[1]);
    await waitFor(() => expect(host.sent.find((sent) => sent.message === "show_group")?.request).toMatchObject({ sample_id: "sample-1" }));
    await waitFor(() => expect(at("group-open")).toHaveProperty("disabled", false));
    await user.keyboard("{ArrowRight}");
    await waitFor(() => expect(at("groups-page").textContent).toContain("13–24"));
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

describe("stored scans", () => {
  it("are renamed, and deleted only after confirmation", async () => {
    const host = await open(fakeHost(makeSummary()));
    await user.click(at("scans"));
    await user.click(at("rename-scan"));
    const title = screen.getByRole("textbox", { name: "Title of the scan" }) as HTMLInputElement;
    expect([title.selectionStart, title.selectionEnd]).toEqual([0, title.value.length]);
    await user.clear(screen.getByRole("textbox", { name: "Title of the scan" }));
    await user.type(screen.getByRole("textbox", { name: "Title of the scan" }), "Before{Enter}");
    await screen.findByText("Before");
    await user.click(at("delete-scan"));
    expect(host.count("delete_scan")).toBe(0);
    await user.click(at("delete-scan-now"));
    await waitFor(() => expect(at("not-scanned")).not.toBeNull());
  });

  it("are reopened with their threshold, method and classes after a page load", async () => {
    const stored = { scan_key: "dups_1", iou_thresh: 0.5, method: "greedy", classes: ["person"], axis: "linear" };
    await open(Object.assign(fakeHost(makeSummary()), { remembered: stored }));
    expect(sentence()).toContain("labels of person would be removed");
    expect(screen.getByRole("textbox", { name: "Threshold" })).toHaveProperty("value", "0.50");
    expect(at("axis-linear").getAttribute("aria-pressed")).toBe("true");
  });

  it("store the released threshold, not every move", async () => {
    const host = fakeHost(makeSummary());
    const store = vi.spyOn(host, "remember");
    await open(host);
    store.mockClear();
    const handle = screen.getByRole("slider", { name: "Threshold, on the histogram" });
    for (let i = 0; i < 5; i++) fireEvent.keyDown(handle, { key: "ArrowLeft" });
    expect(store).not.toHaveBeenCalled();
    fireEvent.keyUp(handle, { key: "ArrowLeft" });
    expect(store).toHaveBeenCalledOnce();
    expect(host.remembered).toMatchObject({ iou_thresh: 0.7 });
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

describe("two labels that are selected in the App", () => {
  const two = ["label-0-0", "label-0-1"].map((label_id) => ({ label_id, sample_id: "sample-0", field: "ground_truth" }));

  it("are compared, in a line that stays when the App drops the selection, until it is dismissed", async () => {
    const host = fakeHost(makeSummary());
    const { rerender } = render(<DuplicatesPanel host={host} />);
    await waitFor(() => expect(at("sentence")).not.toBeNull());
    rerender(<DuplicatesPanel host={{ ...host, selectedLabels: two }} />);
    await waitFor(() => expect(at("two-labels").textContent).toContain("IoU 0.31 · IoS 0.62 · 0.20 possibly one object"));
    expect(host.sent.find(({ message }) => message === "compare_labels")?.request).toEqual({ scan_key: "dups_1", labels: two });
    rerender(<DuplicatesPanel host={{ ...host, selectedLabels: [] }} />);
    expect(at("two-labels")).not.toBeNull();
    await user.click(at("two-labels-dismiss"));
    expect(at("two-labels")).toBeNull();
  });

  it("that cannot be compared say why, and one label says nothing", async () => {
    const host = Object.assign(fakeHost(makeSummary()), { failures: { compare_labels: { message: "expected labels of one sample, got labels of two samples (labels)" } } });
    const { rerender } = render(<DuplicatesPanel host={host} />);
    await waitFor(() => expect(at("sentence")).not.toBeNull());
    rerender(<DuplicatesPanel host={{ ...host, selectedLabels: two }} />);
    await waitFor(() => expect(at("two-labels").textContent).toContain("cannot be compared: expected labels of one sample"));
    rerender(<DuplicatesPanel host={{ ...host, selectedLabels: two.slice(1) }} />);
    await waitFor(() => expect(at("two-labels")).toBeNull());
  });
});

describe("the settings of a dataset", () => {
  const settings = { iou_thresh: 0.8, method: "greedy" as const, keep: ["largest"], metric: "iou" as const, classwise: false, order: "likeliest" as const };

  it("are what another browser begins with", async () => {
    await open(Object.assign(fakeHost(makeSummary()), { overview: { settings } }));
    await waitFor(() => expect(at("threshold-field")).toHaveProperty("value", "0.80"));
    expect(at("keep").textContent).toBe("Largest");
  });

  it("do not replace what this page remembers", async () => {
    await open(Object.assign(fakeHost(makeSummary()), { overview: { settings }, remembered: { scan_key: "dups_1", iou_thresh: 0.6, method: "simple" } }));
    expect(at("threshold-field")).toHaveProperty("value", "0.60");
  });

  it("are stored once the user changes them, and not because a scan is opened", async () => {
    const host = await open(fakeHost(makeSummary()));
    expect(host.count("save_settings")).toBe(0);
    await user.clear(at("threshold-field"));
    await user.type(at("threshold-field"), "0.82{Enter}");
    await waitFor(() => expect(host.count("save_settings")).toBe(1));
    expect(host.sent.find(({ message }) => message === "save_settings")?.request).toEqual({ settings: { iou_thresh: 0.82, method: "simple", keep: [], metric: "iou", classwise: false, order: "uncertain" } });
  });
});

describe("what verdicts remove", () => {
  const removing = (host: FakeHost) => {
    host.review.verdicts.set("label-0-0,label-0-1", { verdict: "merge", kept: "label-0-0", who: "anna", at: "2026-11-22T10:40:00.000Z" });
    return host;
  };

  it("is counted in the sentence and in the dialog", async () => {
    await open(removing(fakeHost(makeSummary())));
    await waitFor(() => expect(sentence()).toMatch(/in \d+ images, 1 by your verdicts/));
    await user.click(at("delete"));
    await waitFor(() => expect(at("delete-verdicts").textContent).toBe("1 by your verdicts: 1 is merged into the label that is kept."));
  });

  it("is not counted where no verdict removes a label", async () => {
    const host = await open(fakeHost(makeSummary()));
    await waitFor(() => expect(host.count("review_progress")).toBe(1));
    expect(host.count("preview_delete")).toBe(0);
    expect(sentence()).not.toContain("verdicts");
  });

  it("is named in words", () => {
    expect(verdictsText({ by_verdicts: 31, merged: 2, consented: 1 })).toBe("31 by your verdicts: 2 are merged into the label that is kept, and 1 object is removed whole.");
    expect(verdictsText({ by_verdicts: 4, merged: 0, consented: 0 })).toBe("4 by your verdicts.");
    expect(verdictsText({ by_verdicts: 0, merged: 0, consented: 0 })).toBe("");
  });
});

describe("an import of a review", () => {
  it("sends the content of the chosen file, says what was stored and left out, and makes the scan respect it", async () => {
    const host = await open(fakeHost(makeSummary()));
    host.kept.set("reviewer", "anna");
    const content = "label_id_1,label_id_2,verdict\nlabel-0-0,label-0-1,real\n";
    await user.click(at("export"));
    await user.click(at("import-review"));
    await user.upload(at("import-file"), new File([content], "review.csv", { type: "text/csv" }));
    await waitFor(() => expect(said()).toBe("Imported 1 verdict; 2 were stored already. 1 label to remove is in no pair of a stored scan, and nothing removes it yet. 1 row was left out: 1 × is older than the verdict that is stored (row 7)."));
    expect(host.sent.find(({ message }) => message === "import_review")?.request).toEqual({ content, format: "csv", who: "anna" });
    expect(host.count("settle_verdicts")).toBe(1);
  });

  it("into a review that is open shows its verdicts there", async () => {
    const host = fakeHost(makeSummary());
    host.remembered = { scan_key: "dups_1", review: { open: true, order: "likeliest", at: ["label-0-0", "label-0-1"] } };
    const narrow = vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(1400);
    await open(host);
    await waitFor(() => expect(at("evidence")).not.toBeNull());
    await user.upload(at("import-file"), new File(["a,b,c\nlabel-0-0,label-0-1,real\n"], "review.json"));
    await waitFor(() => expect(at("decided")).not.toBeNull());
    expect(host.sent.find(({ message }) => message === "import_review")?.request).toMatchObject({ format: "json" });
    expect(said()).toContain("Imported 1 verdict");
    narrow.mockRestore();
  });
});

describe("empty screens", () => {
  it.each([
    ["no-field", () => Object.assign(fakeHost(null), { overview: { fields: [] } })],
    ["not-scanned", () => fakeHost(null)],
    ["nothing-found", () => fakeHost(makeSummary({ removed: 0 }))],
    ["no-labels", () => fakeHost(makeSummary({ removed: 0, labels: 0, names: [] }))],
  ])("%s speaks", async (cy, make) => {
    render(<DuplicatesPanel host={make()} />);
    await waitFor(() => expect(at(cy)?.textContent?.length).toBeGreaterThan(30));
  });

  it("a panel that cannot open shows the reason and can try again", async () => {
    const host = fakeHost(null);
    host.failures = { open_panel: { message: "No database." } };
    render(<DuplicatesPanel host={host} />);
    await screen.findByText("No database.");
    host.failures = {};
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(at("not-scanned")).not.toBeNull());
  });
});
