/** The open panel, and what a test reads in it. */
import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import * as React from "react";
import { expect } from "vitest";
import { DuplicatesPanel } from "../../../panel/src/DuplicatesPanel";
import type { MessageName } from "../../../panel/src/protocol/messages";
import { type FakeHost } from "../fakeHost";
import { makeSummary } from "../makeSummary";

export const user = userEvent.setup({ delay: null, pointerEventsCheck: 0 });
export const at = (cy: string) => document.querySelector(`[data-cy="${cy}"]`) as HTMLElement;
/** The text of the line at the bottom. */
export const said = () => at("message")?.querySelector("span")?.textContent ?? "";
export const sentence = () => at("sentence").textContent ?? "";
export const labelsAt = (index: number, method: "simple" | "greedy" = "simple") => makeSummary().curves[method].labels[index];

/** The newest request of a message. */
export const lastOf = (host: FakeHost, name: MessageName) => host.sent.filter(({ message }) => message === name).at(-1)?.request;

/** The number of requests, without those that the panel makes by itself once the threshold rests. */
export const requests = (host: FakeHost) => host.sent.filter(({ message }) => message !== "count_cost").length;

export async function open(host: FakeHost): Promise<FakeHost> {
  render(<DuplicatesPanel host={host} />);
  await waitFor(() => expect(at("opening")).toBeNull());
  await waitFor(() => expect(host.count("refresh")).toBeGreaterThan(0));
  return host;
}

/** The number of requests once the panel makes no more by itself. */
export async function requestsAtRest(host: FakeHost): Promise<number> {
  for (let seen = -1; seen !== requests(host); ) {
    seen = requests(host);
    await act(() => new Promise((done) => setTimeout(done, 50)));
  }
  return requests(host);
}

export async function openForm(host: FakeHost): Promise<FakeHost> {
  await open(host);
  await user.click(at("scan-line"));
  return host;
}

export function textOf(file: Blob | undefined): Promise<string> {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.readAsText(file ?? new Blob());
  });
}

export async function choose(cy: string, option: RegExp) {
  await user.click(within(at(cy)).getByRole("combobox"));
  await user.click(await screen.findByRole("option", { name: option }));
}
