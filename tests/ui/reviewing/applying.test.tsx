import { fireEvent, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { fakeHost } from "../fakeHost";
import { AT } from "../fakeReview";
import { makeSummary } from "../makeSummary";
import { user, all, at, key, review, settled } from "./opened";

describe("Apply", () => {
  it("deletes what was reviewed, through the dialog, and offers the whole cut", async () => {
    const host = await review(fakeHost(makeSummary()));
    for (const name of ["d", "d", "r"]) key(name);
    await settled();
    expect(at("review-apply").textContent).toBe("Apply 2…");
    fireEvent.click(at("review-apply"));
    await waitFor(() => expect(at("delete-confirm").textContent).toBe("Delete 2"));
    expect(at("delete-plan")).not.toBeNull();
    fireEvent.click(at("delete-confirm"));
    await waitFor(() => expect(host.count("delete_labels")).toBe(1));
    expect(host.sent.find(({ message }) => message === "delete_labels")?.request).toMatchObject({ source: "reviewed", expected: 2 });
    await waitFor(() => expect(at("message").textContent).toContain("Undo"));
  });

  it("is counted again when it was refused because another person decided", async () => {
    const host = await review(fakeHost(makeSummary()));
    key("d");
    await settled();
    await user.click(at("review-apply"));
    await waitFor(() => expect(at("delete-confirm")).toHaveProperty("disabled", false));
    const counted = host.count("preview_delete");
    host.review.people = [{ who: "ben", browser: "b2", pairs: 1, last: AT }];
    host.failures.delete_labels = { message: "The labels have changed.", consequence: "Nothing was changed.", advice: "Check the numbers again, then delete." };
    await user.click(at("delete-confirm"));
    await waitFor(() => expect(host.count("preview_delete")).toBeGreaterThan(counted));
  });

  it("says why it cannot, in a read-only App", async () => {
    const host = fakeHost(makeSummary());
    await review(Object.assign(host, { readOnly: true }));
    expect(at("review-apply")).toHaveProperty("disabled", true);
    expect(at("review-apply").parentElement?.title).toBe("The App is read-only.");
  });

  it("says that the labels are gone already, and has no button to delete nothing; the review is brought up to date", async () => {
    const host = await review(fakeHost(makeSummary()));
    for (const name of ["d", "d"]) key(name);
    await settled();
    expect(at("review-apply").textContent).toBe("Apply 2…");
    // another program deletes them
    host.review.gone = true;
    host.freshness = { ...host.freshness, state: "changed", edited: 2 };
    await user.click(at("review-apply"));
    await waitFor(() => expect(at("delete-nothing").textContent).toBe("All 2 labels are gone already, or were changed since the scan: there is nothing left to delete."));
    expect(at("delete-dialog").textContent).toContain("Nothing to delete");
    expect(at("delete-confirm")).toBeNull();
    expect(at("delete-cancel").textContent).toBe("Close");
    await user.click(at("delete-cancel"));
    await waitFor(() => expect(at("review-apply").textContent).toBe("Apply…"));
    await waitFor(() => expect(at("tally").textContent).toBe("Verdicts on pairs: 2 duplicates · nothing left to apply"));
    expect(all("group-gone")).toHaveLength(1);
    expect(at("review-cut").textContent).toMatch(/ in [\d,]+ images, when scanned$/);
  });

  it("leaves verdicts that are carried out in the tally, under names that say nothing of the future", async () => {
    const host = await review(fakeHost(makeSummary()));
    for (const name of ["m", "x", "r"]) key(name);
    await settled();
    await waitFor(() => expect(at("tally").textContent).toBe("Verdicts on pairs: 1 both real · 1 merge · 1 remove both"));
    host.review.gone = true;
    await user.click(at("review-apply"));
    await waitFor(() => expect(at("tally").textContent).toBe("Verdicts on pairs: 1 both real · 1 merge · 1 remove both · nothing left to apply"));
  });
});
