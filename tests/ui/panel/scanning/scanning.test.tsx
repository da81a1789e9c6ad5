import { render, screen, waitFor, within } from "@testing-library/react";
import * as React from "react";
import { describe, expect, it } from "vitest";
import { DuplicatesPanel } from "../../../../panel/src/DuplicatesPanel";
import { fakeHost, type FakeHost, RUN, UP_TO_DATE } from "../../fakeHost";
import { makeSummary } from "../../makeSummary";
import { at, choose, open, openForm, said, sentence, user } from "../opened";

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

  it("shows its progress in the line at the bottom, whose height is reserved, so that nothing moves", async () => {
    const host = await open(Object.assign(fakeHost(makeSummary()), { freshness: { ...UP_TO_DATE, state: "changed", edited: 2 } }));
    await waitFor(() => expect(at("rescan")).not.toBeNull());
    const line = document.querySelector("[data-foot]")?.lastElementChild as HTMLElement;
    const elsewhere = () => [...document.querySelectorAll<HTMLElement>("[data-cy]")].filter((one) => !line.contains(one)).map((one) => one.dataset.cy);
    // no layout here: what the style sheet declares for the element's own class
    const declared = (one: Element, property: string) =>
      [...document.styleSheets]
        .flatMap((sheet) => [...sheet.cssRules])
        .flatMap((rule) => (rule instanceof CSSStyleRule && [...one.classList].some((name) => rule.selectorText === `.${name}`) ? [rule.style.getPropertyValue(property)] : []))
        .join("");
    const pixels = (one: Element, property: string) => Number.parseFloat(declared(one, property)) || 0;
    const before = elsewhere();
    const reserved = pixels(line, "min-height");
    host.run = { ...RUN, done: 10, total: 40 };
    await user.click(at("rescan"));
    await waitFor(() => expect(at("run").textContent).toContain("10 of 40 images"));
    expect(elsewhere()).toEqual(before);
    expect(line.contains(at("run"))).toBe(true);
    const run = at("run");
    const status = run.querySelector('[role="status"]') as HTMLElement;
    const bar = run.querySelector('[role="progressbar"]') as HTMLElement;
    expect(declared(bar, "position")).toBe("absolute");
    expect(pixels(status, "min-height")).toBeGreaterThan(0);
    expect(pixels(status, "min-height") + pixels(run, "padding-top") + pixels(run, "padding-bottom")).toBeLessThanOrEqual(reserved);
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
    await waitFor(() => expect(said()).toMatch(/^(Unchanged since the scan of Nov 20, 12:03|Nothing has changed since this scan); no new scan was stored\.$/));
    expect(sentence()).toContain(`of ${other.labels.toLocaleString("en-US")} labels`);
    expect(host.count("poll_run")).toBe(0);
    // again: the scan that is open keeps its cut
    await waitFor(() => expect(at("scan-line").textContent).toContain("up to date"));
    await user.clear(at("threshold-field"));
    await user.type(at("threshold-field"), "0.9{Enter}");
    const [opened, asked] = [host.count("open_scan"), host.count("refresh")];
    await user.click(at("scan-line"));
    await user.click(at("scan"));
    await waitFor(() => expect(host.count("refresh")).toBe(asked + 1));
    expect([host.count("open_scan"), at("threshold-field")]).toEqual([opened, expect.objectContaining({ value: "0.90" })]);
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
