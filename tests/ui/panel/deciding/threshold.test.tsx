import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { fakeHost } from "../../fakeHost";
import { makeSummary } from "../../makeSummary";
import { at, labelsAt, lastOf, open, requests, requestsAtRest, sentence, user } from "../opened";

/** The number beside each method in the open menu, `null` where there is none. */
const besideMethods = () => screen.getAllByRole("option").map((option) => /^\w+ · ([\d,]+)/.exec(option.textContent ?? "")?.[1] ?? null);

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

  it("updates the number beside each method while it is dragged", async () => {
    const host = await open(fakeHost(makeSummary()));
    const before = await requestsAtRest(host);
    const picture = screen.getByRole("group", { name: /^Histogram/ });
    await user.click(within(at("method")).getByRole("combobox"));
    const x = (iou: number) => 40 + ((iou - 0.05) / 0.95) * (600 - 32 - 80);
    const known = (index: number) => (["simple", "greedy"] as const).map((method) => labelsAt(index, method)?.toLocaleString("en-US"));
    expect(besideMethods()).toEqual([...known(70), null, null]);
    fireEvent.pointerDown(picture, { clientX: x(0.75), button: 0 });
    for (const iou of [0.9, 0.5]) {
      fireEvent.pointerMove(picture, { clientX: x(iou) });
      expect(besideMethods()).toEqual([...known(Math.round(100 * iou) - 5), null, null]);
    }
    expect(requests(host)).toBe(before);
  });

  it("off the grid leaves no old number beside a method", async () => {
    await open(fakeHost(makeSummary()));
    const field = screen.getByRole("textbox", { name: "Threshold" });
    await user.clear(field);
    await user.type(field, "0.755{Enter}");
    await user.click(within(at("method")).getByRole("combobox"));
    expect(besideMethods()).toEqual([null, null, null, null]);
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

describe("the legend of the histogram", () => {
  it("names the line, drawn in its color, and the axis of the line if it is its own", async () => {
    await open(fakeHost(makeSummary()));
    await user.click(at("axis-linear"));
    expect(at("legend").firstElementChild?.textContent).toBe("removed at each threshold (right axis)");
    const line = at("histogram").querySelector("path[stroke-linejoin]");
    const mark = at("legend").querySelector("path");
    for (const name of ["stroke", "stroke-width", "fill"]) expect(mark?.getAttribute(name)).toBe(line?.getAttribute(name) ?? "no line");
    await user.click(at("axis-log"));
    expect(at("legend").firstElementChild?.textContent).toBe("removed at each threshold");
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
