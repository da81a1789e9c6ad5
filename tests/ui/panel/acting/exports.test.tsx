import { waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { fakeHost } from "../../fakeHost";
import { makeSummary } from "../../makeSummary";
import { at, open, said, user } from "../opened";

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
