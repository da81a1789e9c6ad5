import { act, fireEvent, render, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import * as React from "react";
import { DuplicatesPanel } from "../../../../panel/src/DuplicatesPanel";
import { fakeHost, type FakeHost } from "../../fakeHost";
import { makeSummary } from "../../makeSummary";
import { at } from "../opened";

const FAILURE = { message: "The server did not answer.", consequence: "", advice: "" };

async function openFailing(message: "refresh" | "count_labels", more: Partial<FakeHost> = {}): Promise<FakeHost> {
  const host = Object.assign(fakeHost(makeSummary()), { failures: { [message]: FAILURE } }, more);
  render(<DuplicatesPanel host={host} />);
  await waitFor(() => expect(at("error")?.textContent).toContain("The server did not answer."));
  return host;
}

const pass = (ms: number) => act(async () => void (await vi.advanceTimersByTimeAsync(ms)));

afterEach(() => void vi.useRealTimers());

describe("a request without whose answer buttons are disabled", () => {
  it("is repeated by itself, and the error goes with it", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const host = await openFailing("refresh");
    expect(at("delete")).toHaveProperty("disabled", true);
    expect(at("delete").closest("[title]")?.getAttribute("title")).toBe("The tagged labels could not be counted.");
    host.failures = {};
    await pass(2_000);
    await waitFor(() => expect(at("delete")).toHaveProperty("disabled", false));
    expect(at("error")).toBeNull();
  });

  it("is not named for the failure of another request", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const host = Object.assign(fakeHost(makeSummary()), { failures: { count_cost: FAILURE } });
    host.held.set("refresh", []);
    render(<DuplicatesPanel host={host} />);
    await waitFor(() => expect(host.held.get("refresh")?.length).toBeGreaterThan(0));
    await pass(2_000);
    await waitFor(() => expect(at("error")?.textContent).toContain("The server did not answer."));
    expect(at("delete").closest("[title]")?.getAttribute("title")).toBe("The tagged labels are being counted.");
  });

  it("is repeated a few times, not for ever, and then by a click", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const host = await openFailing("refresh");
    for (let k = 0; k < 60; k++) await pass(2_000);
    const asked = host.count("refresh");
    // four times after the first, which may be two on a busy machine: before and after the scan is open
    expect([5, 6]).toContain(asked);
    for (let k = 0; k < 60; k++) await pass(2_000);
    expect(host.count("refresh")).toBe(asked);
    host.failures = {};
    const retry = [...document.querySelectorAll("button")].find((button) => button.textContent === "Try again");
    fireEvent.click(retry as Element);
    await pass(1_000);
    await waitFor(() => expect(at("delete")).toHaveProperty("disabled", false));
  });

  it("is also repeated if the user dismisses the error", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const host = await openFailing("refresh");
    host.failures = {};
    fireEvent.click(document.querySelector('[aria-label="Dismiss this error"]') as Element);
    await pass(2_000);
    await waitFor(() => expect(at("delete")).toHaveProperty("disabled", false));
  });

  it("may be the count at a threshold of more decimals", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const host = await openFailing("count_labels", { remembered: { scan_key: "dups_1", iou_thresh: 0.815 } });
    expect(at("show").closest("[title]")?.getAttribute("title")).toBe("The labels could not be counted.");
    host.failures = {};
    await pass(2_000);
    await waitFor(() => expect(at("show")).toHaveProperty("disabled", false));
  });
});
