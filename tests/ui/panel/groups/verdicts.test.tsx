import { waitFor } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { fakeHost, type FakeHost } from "../../fakeHost";
import { verdictsText } from "../../../../panel/src/words/byVerdicts";
import { makeSummary } from "../../makeSummary";
import { at, open, said, sentence, user } from "../opened";

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
    expect(verdictsText({ by_verdicts: 31, merged: 2, consented: 1, not_merged: 0 })).toBe("31 by your verdicts: 2 are merged into the kept label, and 1 object is removed completely.");
    expect(verdictsText({ by_verdicts: 4, merged: 0, consented: 0, not_merged: 0 })).toBe("4 by your verdicts.");
    expect(verdictsText({ by_verdicts: 0, merged: 0, consented: 2, not_merged: 0 })).toBe("2 objects are removed completely, as your verdicts say.");
    expect(verdictsText({ by_verdicts: 0, merged: 0, consented: 0, not_merged: 0 })).toBe("");
    expect(verdictsText({ by_verdicts: 0, merged: 0, consented: 0, not_merged: 4 })).toBe("4 labels have the verdict “merge”, but are only removed: a deletion by tag merges nothing. Apply in Review does.");
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
