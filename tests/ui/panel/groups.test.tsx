import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import * as React from "react";
import { describe, expect, it, vi } from "vitest";
import { DuplicatesPanel } from "../../../panel/src/DuplicatesPanel";
import { entryOf, fakeHost, type FakeHost } from "../fakeHost";
import { comparisonText } from "../../../panel/src/words/review/comparison";
import { verdictsText } from "../../../panel/src/words/byVerdicts";
import { makeSummary } from "../makeSummary";
import { at, open, said, sentence, user } from "./opened";

describe("class pairs", () => {
  const rows = () => [...document.querySelectorAll<HTMLElement>('[data-cy="class-pair-row"]')];
  async function openPairs(host: FakeHost): Promise<FakeHost> {
    await open(host);
    await user.click(at("tab-pairs"));
    await waitFor(() => expect(rows().length).toBeGreaterThan(0));
    return host;
  }

  it("are counted at the threshold as a list and a matrix, and follow the slider without requests", async () => {
    const host = await openPairs(fakeHost(makeSummary()));
    const counts = (pair: number) => Number(rows()[pair]?.querySelector('[data-cy="class-pair-count"]')?.textContent?.replace(",", ""));
    const first = counts(0);
    expect(rows().map((row) => row.textContent)[0]).toContain("person and person");
    expect(at("class-pair-matrix").querySelectorAll('[data-cy="class-pair-cell"]').length).toBeGreaterThan(10);
    const before = host.sent.length;
    fireEvent.change(screen.getByRole("slider", { name: "IoU threshold" }), { target: { value: 300 } });
    expect(counts(0)).toBeGreaterThan(first);
    expect(host.sent.length).toBe(before);
  });

  it("show their groups on click", async () => {
    const host = await openPairs(fakeHost(makeSummary()));
    await user.click(screen.getByRole("button", { name: "person and bicycle" }));
    await waitFor(() => expect(host.sent.findLast((sent) => sent.message === "list_groups")?.request).toMatchObject({ class_pair: ["person", "bicycle"], offset: 0 }));
    expect(at("groups-pair").textContent).toBe("person and bicycle");
    await user.click(at("groups-pair"));
    await waitFor(() => expect(host.sent.findLast((sent) => sent.message === "list_groups")?.request).toMatchObject({ class_pair: null }));
  });

  it("may overlap or have their own threshold; this makes the scan out of date, and can be undone", async () => {
    const host = await openPairs(fakeHost(makeSummary()));
    await user.click(screen.getByRole("button", { name: "Rule for person and person" }));
    await user.click(at("class-pair-rule-overlap"));
    await waitFor(() => expect(rows()[0]?.textContent).toContain("may overlap"));
    expect(host.sent.find((sent) => sent.message === "set_class_pair")?.request).toEqual({ scan_key: "dups_1", class_pair: ["person", "person"], may_overlap: true, iou_thresh: null });
    await waitFor(() => expect(at("stale")).not.toBeNull());
    expect(at("scan-line").textContent).toContain("new verdicts or rules");
    await user.click(at("class-pair-rule-own"));
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
      scan_key: "dups_1", iou_thresh: 0.75, method: "simple", keep: [], metric: "iou", classwise: false, classes: null, class_pair: null, offset: 0, limit: 12,
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
    expect(host.sent.find((sent) => sent.message === "judge_labels")?.request).toEqual({ scan_key: "dups_1", label_ids: ["label-0-0", "label-0-1"], who: "anna" });
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

  it("are compared by OKS if they are keypoints", () => {
    expect(comparisonText({ iou: 0.912, ios: 1, mask_iou: null, measure: "OKS", likelihood: 0.97, verdict: null }, 0)).toMatch(/^The two selected labels: OKS 0.91 · 0.97 \S/);
    expect(comparisonText({ iou: 0.01, ios: 0.02, mask_iou: 0.034, measure: "IoU", likelihood: null, verdict: null }, 0)).toBe("The two selected labels: IoU 0.01 · IoS 0.02 · masks 0.03 · too little overlap for a likelihood");
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

describe("what verdicts remove", () => {
  const removing = (host: FakeHost) => {
    host.review.verdicts.set("label-0-0,label-0-1", { verdict: "merge", kept: "label-0-0", who: "anna", at: "2026-11-22T10:40:00.000Z" });
    return host;
  };

  it("is counted in the sentence and in the dialog", async () => {
    await open(removing(fakeHost(makeSummary())));
    await waitFor(() => expect(sentence()).toMatch(/in \d+ images, 1 by your verdicts/));
    await user.click(at("delete"));
    await waitFor(() => expect(at("delete-verdicts").textContent).toBe("1 by your verdicts: 1 is merged into the kept label."));
  });

  it("is not counted where no verdict removes a label", async () => {
    const host = await open(fakeHost(makeSummary()));
    await waitFor(() => expect(host.count("review_progress")).toBe(1));
    expect(host.count("preview_delete")).toBe(0);
    expect(sentence()).not.toContain("verdicts");
  });

  it("is named in words", () => {
    expect(verdictsText({ by_verdicts: 31, merged: 2, consented: 1 })).toBe("31 by your verdicts: 2 are merged into the kept label, and 1 object is removed completely.");
    expect(verdictsText({ by_verdicts: 4, merged: 0, consented: 0 })).toBe("4 by your verdicts.");
    expect(verdictsText({ by_verdicts: 0, merged: 0, consented: 2 })).toBe("2 objects are removed completely, as your verdicts say.");
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
    await waitFor(() => expect(said()).toBe("Imported 1 verdict; 2 were already stored. 1 label to remove is in no pair of a stored scan, and nothing removes it yet. 1 row was left out: 1 × is older than the verdict that is stored (row 7)."));
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
