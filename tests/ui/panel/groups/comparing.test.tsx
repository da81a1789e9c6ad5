import { render, waitFor } from "@testing-library/react";
import * as React from "react";
import { describe, expect, it } from "vitest";
import { DuplicatesPanel } from "../../../../panel/src/DuplicatesPanel";
import { fakeHost } from "../../fakeHost";
import { comparisonText } from "../../../../panel/src/words/review/comparison";
import { makeSummary } from "../../makeSummary";
import { at, user } from "../opened";

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
