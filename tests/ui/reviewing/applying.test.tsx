import { fireEvent, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { fakeHost } from "../fakeHost";
import { AT } from "../fakeReview";
import { makeSummary } from "../makeSummary";
import { user, at, key, review, settled } from "./opened";

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
});
