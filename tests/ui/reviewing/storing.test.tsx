import { waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { pairKey } from "../../../panel/src/state/review/verdicts";
import { fakeHost } from "../fakeHost";
import { AT } from "../fakeReview";
import { makeSummary } from "../makeSummary";
import { user, at, key, place, stored, pair, review, settled } from "./opened";

describe("a verdict that cannot be stored", () => {
  it("is taken back visibly", async () => {
    const host = await review(fakeHost(makeSummary()));
    host.failures = { judge_pairs: { message: "The database did not answer." } };
    key("d");
    await waitFor(() => expect(at("review-notice").textContent).toContain("Your verdict on car and car could not be stored and was undone."));
    expect(at("review-progress").textContent).toBe("0 of 30 groups reviewed");
    expect(at("tally").textContent).toBe("No verdicts yet");
    await user.click(at("notice-show"));
    expect(place()).toBe("1 / 30");
    expect(at("move-undo")).toHaveProperty("disabled", true);
  });

  it("because a label was deleted says so, without an error", async () => {
    const host = await review(fakeHost(makeSummary()));
    host.review.deleted.add(pair(0)[1] as string);
    key("d");
    await waitFor(() => expect(at("review-notice").textContent).toContain("A label of car and car was deleted since the scan. Your verdict was not stored."));
    expect(document.body.textContent).not.toContain("Details");
    expect(at("review-progress").textContent).toBe("0 of 30 groups reviewed");
    expect(host.review.verdicts.size).toBe(0);
  });

  it("because another person judged the pair shows that verdict, and does not replace it", async () => {
    const host = await review(fakeHost(makeSummary()));
    host.review.theirs.set(pairKey(pair(0)), { verdict: "real", kept: null, who: "ben", at: new Date().toISOString() });
    key("d");
    await waitFor(() => expect(at("review-notice").textContent).toContain("ben decided “both real” just now on car and car. Your verdict was not stored."));
    expect(host.review.verdicts.get(pairKey(pair(0)))?.who).toBe("ben");
    await user.click(at("notice-show"));
    expect(at("decided").textContent).toBe("ben decided “both real” just now");
    at("review").focus();
    key("d");
    await settled();
    expect(host.review.verdicts.get(pairKey(pair(0)))).toMatchObject({ verdict: "duplicate", who: "anna" });
  });
});

describe("verdicts that are not sent when the page is closed", () => {
  const unsent = [{ document_id: "sample-0", verdicts: [{ label_ids: ["label-0-1", "label-0-0"], verdict: "duplicate", kept: "label-0-0", seen: null }] }];

  it("are kept by the browser until they are stored", async () => {
    const host = await review(fakeHost(makeSummary()));
    host.held.set("judge_pairs", []);
    key("d");
    expect(JSON.parse(host.kept.get("unsent:fake") ?? "[]")).toMatchObject(unsent);
    host.held.get("judge_pairs")?.forEach((release) => release());
    host.held.delete("judge_pairs");
    await settled();
    expect(host.kept.get("unsent:fake")).toBe("[]");
  });

  it("are stored when Review is opened the next time, before the groups are listed", async () => {
    const host = fakeHost(makeSummary());
    host.kept.set("unsent:fake", JSON.stringify(unsent.map((one) => ({ id: "a", ...one }))));
    await review(host);
    expect(at("review-notice").textContent).toContain("Stored 1 verdict that was not sent when the page was closed.");
    expect(host.review.verdicts.get(pairKey(pair(0)))).toMatchObject({ verdict: "duplicate", kept: "label-0-0", who: "anna" });
    expect(host.kept.get("unsent:fake")).toBe("[]");
    expect(at("review-progress").textContent).toBe("1 of 30 groups reviewed");
    expect(at("tally").textContent).toBe("Verdicts on pairs: 1 duplicate");
    key("r");
    expect(at("review-notice")).toBeNull();
  });

  it("do not replace what another person decided meanwhile, and say so", async () => {
    const host = fakeHost(makeSummary());
    host.kept.set("unsent:fake", JSON.stringify([{ id: "a", document_id: "sample-0", verdicts: [{ label_ids: pair(0), verdict: "real", kept: null, seen: null }] }]));
    host.review.theirs.set(pairKey(pair(0)), { verdict: "remove_both", kept: null, who: "ben", at: AT });
    await review(host);
    await waitFor(() => expect(at("review-notice").textContent).toContain("1 verdict from before the page was closed could not be stored."));
    expect(stored(host)).toEqual(["remove_both"]);
    expect(host.kept.get("unsent:fake")).toBe("[]");
  });
});
