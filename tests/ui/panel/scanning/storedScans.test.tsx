import { act, fireEvent, render, screen, waitFor } from "@testing-library/react";
import * as React from "react";
import { describe, expect, it, vi } from "vitest";
import { DuplicatesPanel } from "../../../../panel/src/DuplicatesPanel";
import { entryOf, fakeHost, UP_TO_DATE } from "../../fakeHost";
import { makeSummary } from "../../makeSummary";
import { at, open, sentence, user } from "../opened";

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

describe("a second tab, in which the scan is out of date since another one deleted labels", () => {
  const deleted = { ...UP_TO_DATE, state: "changed" as const, edited: 3 };

  it("says so by itself once the scan of the deletion is stored", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const host = await open(fakeHost(makeSummary()));
    expect(at("delete").textContent).toMatch(/^Delete \d/);
    host.freshness = deleted;
    host.scans = [entryOf({ ...makeSummary(), scan_key: "dups_9" }), ...host.scans];
    act(() => vi.advanceTimersByTime(15_000));
    await waitFor(() => expect(at("stale").textContent).toContain("Out of date: 3 images were changed since this scan."));
    expect(at("delete").textContent).toBe("Delete…");
    expect(at("delete-dialog")).toBeNull();
    vi.useRealTimers();
  });

  it("says so by itself once a program changed samples", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const host = await open(fakeHost(makeSummary()));
    const asked = host.count("refresh");
    act(() => vi.advanceTimersByTime(15_000));
    await waitFor(() => expect(host.count("list_scans")).toBe(1));
    expect(host.count("refresh")).toBe(asked);
    host.freshness = deleted;
    host.seen = { ...host.seen, samples: "200 one minute past noon" };
    act(() => vi.advanceTimersByTime(15_000));
    await waitFor(() => expect(at("stale").textContent).toContain("Out of date: 3 images were changed since this scan."));
    vi.useRealTimers();
  });

  it("shows the scan after the deletion, at the same cut, if that replaced the scan", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const host = await open(fakeHost(makeSummary()));
    const after = { ...makeSummary({ labels: 30_000 }), scan_key: "dups_9" };
    host.others = [after];
    host.scans = [entryOf(after)];
    host.replacedBy = "dups_9";
    act(() => vi.advanceTimersByTime(15_000));
    await waitFor(() => expect(sentence()).toContain(`of ${after.labels.toLocaleString("en-US")} labels`));
    expect(at("newer")).toBeNull();
    await waitFor(() => expect(host.sent.filter(({ message }) => message === "refresh").at(-1)?.request).toMatchObject({ scan_key: "dups_9" }));
    vi.useRealTimers();
  });

  it("says so at the latest when Delete is pressed, before the dialog opens", async () => {
    const host = await open(fakeHost(makeSummary()));
    host.freshness = deleted;
    host.held.set("refresh", []);
    await user.click(at("delete"));
    await waitFor(() => expect(host.held.get("refresh")).toHaveLength(1));
    expect([at("stale"), at("delete-dialog")]).toEqual([null, null]);
    const seen: boolean[] = [];
    const watching = new MutationObserver(() => void (at("delete-dialog") !== null && seen.push(at("stale") !== null)));
    watching.observe(document.body, { childList: true, subtree: true });
    host.held.get("refresh")?.forEach((release) => release());
    await waitFor(() => expect(seen.length).toBeGreaterThan(0));
    watching.disconnect();
    expect(seen[0]).toBe(true);
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

  it("keep the cut when the one that is shown is chosen again", async () => {
    const host = await open(Object.assign(fakeHost(makeSummary()), { remembered: { scan_key: "dups_1", iou_thresh: 0.9 } }));
    const opened = host.count("open_scan");
    await user.click(at("scans"));
    await user.click(at("open-scan"));
    expect(host.count("open_scan")).toBe(opened);
    await waitFor(() => expect(at("scan-line").textContent).toContain("up to date"));
    expect(screen.getByRole("textbox", { name: "Threshold" })).toHaveProperty("value", "0.90");
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
