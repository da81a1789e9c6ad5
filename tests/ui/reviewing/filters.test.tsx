import { fireEvent, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { fakeHost } from "../fakeHost";
import { makeSummary } from "../makeSummary";
import { user, at, all, key, judged, review, settled } from "./opened";

describe("the list", () => {
  it("is ordered and filtered by the server", async () => {
    const host = await review(fakeHost(makeSummary()));
    fireEvent.click(at("review-filters"));
    fireEvent.click(at("filter-undecided").querySelector("input") ?? at("filter-undecided"));
    await waitFor(() => expect(host.sent.filter(({ message }) => message === "review_queue").at(-1)?.request).toMatchObject({ filters: { undecided: true } }));
    fireEvent.change(at("filter-likelihood-from"), { target: { value: "0.4" } });
    fireEvent.blur(at("filter-likelihood-from"));
    await waitFor(() => expect(host.sent.filter(({ message }) => message === "review_queue").at(-1)?.request).toMatchObject({ filters: { likelihood: [0.4, 1] } }));
  });

  it("accepts all above a likelihood after it has shown how many that are", async () => {
    const host = await review(fakeHost(makeSummary()));
    await user.click(at("review-filters"));
    await waitFor(() => expect(at("accept").textContent).toMatch(/^Accept all above 0.95 \(\d+\)…$/));
    const count = Number(/\((\d+)\)/.exec(at("accept").textContent ?? "")?.[1]);
    await user.click(at("accept"));
    expect(at("accept-plan").textContent).toContain(`${count} undecided pairs would get the verdict “duplicate”`);
    expect(host.review.verdicts.size).toBe(0);
    await user.click(at("accept-now"));
    await waitFor(() => expect(host.review.verdicts.size).toBe(count));
    expect(host.sent.filter(({ message }) => message === "accept_above").at(-1)?.request).toMatchObject({ digest: `${count} pairs`, likelihood: 0.95, who: "anna" });
  });

  it("suggests a threshold after enough verdicts, and shows what it would do before it is set", async () => {
    const host = await review(fakeHost(makeSummary()));
    await user.click(at("review-filters"));
    await waitFor(() => expect(at("advice").textContent).toContain("Above 0.86 you removed 40 of 41."));
    const bands = all("advice-band").length;
    await user.click(at("advice-class-pair"));
    expect(all("advice-band").map((band) => band.textContent)).toHaveLength(bands + 1);
    expect(at("advice").textContent).toContain("likelihood 0.40–0.50");
    await user.click(at("advice-class-pair"));
    expect(all("advice-band")).toHaveLength(bands);
    await user.click(at("advice-apply"));
    expect(at("advice-plan").textContent).toMatch(/0\.86 · [\d,]+ of 36,781/);
    await user.click(at("advice-now"));
    await waitFor(() => expect(at("review-cut").textContent).toMatch(/^0\.86/));
    expect(host.count("delete_labels")).toBe(0);
  });
});

describe("the likelihoods", () => {
  it("are recalibrated with the verdicts when asked, and the review goes on", async () => {
    const host = await review(fakeHost(makeSummary()));
    await user.click(at("review-filters"));
    await waitFor(() => expect(at("recalibrate")).toHaveProperty("disabled", true));
    expect(at("likelihoods-origin").textContent).toBe("The likelihoods are estimated from this dataset alone.");
    await user.keyboard("{Escape}");
    for (const name of ["d", "r"]) key(name);
    await settled();
    expect(host.count("recalibrate")).toBe(0);
    await user.click(at("review-filters"));
    await waitFor(() => expect(at("recalibrate").textContent).toBe("Recalibrate with 2 verdicts"));
    await user.click(at("recalibrate"));
    await waitFor(() => expect(host.count("recalibrate")).toBe(1));
    expect(at("review")).not.toBeNull();
    await user.click(at("review-filters"));
    await waitFor(() => expect(at("likelihoods-origin").textContent).toBe("The likelihoods were recalibrated with 2 of your verdicts."));
  });

  it("are checked by a random sample, whose progress and table are shown", async () => {
    const host = await review(fakeHost(makeSummary()));
    await user.click(at("review-filters"));
    await waitFor(() => expect(at("sample").textContent).toBe("12 of 100 random pairs"));
    const rows = [...at("likelihoods").querySelectorAll("tbody tr")].map((row) => [...row.children].map((cell) => cell.textContent));
    expect(rows).toEqual([
      ["0.30–0.40", "1 of 2", "10–91 %"],
      ["0.90–1.00", "9 of 10", "54–100 %"],
    ]);
    await user.click(at("sample"));
    await waitFor(() => expect(at("review-cut").textContent).toBe("Random pairs with a likelihood above 0.30"));
    const asked = (message: string) => host.sent.filter((one) => one.message === message).map(({ request }) => (request as { order?: string }).order);
    await waitFor(() => expect(asked("review_queue").pop()).toBe("sample"));
    await waitFor(() => expect(asked("review_groups").pop()).toBe("sample"));
    await waitFor(() => expect(all("property").length).toBeGreaterThan(0));
    key("d");
    await settled();
    expect(judged(host)[0]?.order).toBe("sample");
    await user.click(at("review-filters"));
    await waitFor(() => expect(at("likelihoods")).not.toBeNull());
    expect(at("filter-clear")).toBeNull();
  });

  it("of two fields have neither, and an order that was remembered is not asked for", async () => {
    const summary = makeSummary();
    const host = await review(fakeHost({ ...summary, params: { ...summary.params, other_field: "predictions" } }), { order: "sample" });
    expect(host.sent.find(({ message }) => message === "review_queue")?.request).toMatchObject({ order: "uncertain" });
    await user.click(at("review-filters"));
    await waitFor(() => expect(at("advice")).not.toBeNull());
    expect(at("likelihoods")).toBeNull();
  });
});
