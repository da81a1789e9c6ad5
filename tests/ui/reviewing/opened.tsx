import { fireEvent, render, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import * as React from "react";
import { expect } from "vitest";
import { DuplicatesPanel } from "../../../panel/src/DuplicatesPanel";
import type { RequestOf } from "../../../panel/src/protocol/messages";
import { type FakeHost } from "../fakeHost";

export const user = userEvent.setup({ delay: null, pointerEventsCheck: 0 });
export const at = (cy: string) => document.querySelector(`[data-cy="${cy}"]`) as HTMLElement;
export const all = (cy: string) => [...document.querySelectorAll<HTMLElement>(`[data-cy="${cy}"]`)];
export const key = (name: string, more: object = {}) => fireEvent.keyDown(document.activeElement ?? document.body, { key: name, ...more });
export const place = () => at("review-place").textContent ?? "";
export const announced = () => at("review-announced").textContent ?? "";
export const fates = () => all("fate").map((fate) => fate.textContent);
export const judged = (host: FakeHost) => host.sent.filter(({ message }) => message === "judge_pairs").map(({ request }) => request as RequestOf<"judge_pairs">);
export const stored = (host: FakeHost) => [...host.review.verdicts.values()].map(({ verdict }) => verdict);
export const pair = (k: number) => [`label-${k}-0`, `label-${k}-1`];

/** Opens Review on the groups by likelihood, so that they are in the order in which they were made. */
export async function review(host: FakeHost, place: object = {}): Promise<FakeHost> {
  host.remembered = { scan_key: "dups_1", review: { open: true, order: "likeliest", ...place } };
  render(<DuplicatesPanel host={host} />);
  await waitFor(() => expect(all("property").length).toBeGreaterThan(0));
  await waitFor(() => expect(at("review-picture")).not.toBeNull());
  await waitFor(() => expect(at("tally").textContent).not.toBe(""));
  return host;
}

export async function settled(): Promise<void> {
  await waitFor(() => expect(at("tally").textContent).not.toContain("storing"));
}
