import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { entryOf, fakeHost, type FakeHost } from "../../fakeHost";
import { makeSummary } from "../../makeSummary";
import { at, open, said, sentence, user } from "../opened";

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

  it("with a verdict disappear; a scan too large to be repeated is counted anew, and the verdict can be undone", async () => {
    const host = await openGroups(fakeHost(makeSummary()));
    await user.click(at("group-real"));
    await waitFor(() => expect(at("groups-page").textContent).toContain("of 29 groups"));
    expect(host.sent.find((sent) => sent.message === "judge_labels")?.request).toEqual({ scan_key: "dups_1", label_ids: ["label-0-0", "label-0-1"], who: "anna" });
    await waitFor(() => expect(host.count("open_scan")).toBe(2));
    expect(at("stale")).toBeNull();
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
