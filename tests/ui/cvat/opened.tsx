import { render, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import * as React from "react";
import { expect } from "vitest";
import { DuplicatesPanel } from "../../../panel/src/DuplicatesPanel";
import { type FakeHost } from "../fakeHost";
import { makeSummary } from "../makeSummary";

export const user = userEvent.setup({ delay: null, pointerEventsCheck: 0 });
export const at = (cy: string) => document.querySelector(`[data-cy="${cy}"]`) as HTMLElement;
/** The text of the line at the bottom. */
export const said = () => at("message")?.querySelector("span")?.textContent ?? "";
export const removed = makeSummary().curves.simple.labels[70] ?? 0;
export const requestOf = (host: FakeHost, message: string) => host.sent.filter((sent) => sent.message === message).at(-1)?.request;

export async function openMenu(host: FakeHost): Promise<FakeHost> {
  render(<DuplicatesPanel host={host} />);
  await waitFor(() => expect(at("opening")).toBeNull());
  await waitFor(() => expect(host.count("refresh")).toBeGreaterThan(0));
  await user.click(at("cvat"));
  await waitFor(() => expect(at("cvat-trip") ?? at("cvat-none") ?? at("error")).not.toBeNull());
  return host;
}

export async function openDialog(host: FakeHost, button: "cvat-send" | "cvat-load" | "cvat-discard" | "cvat-move"): Promise<HTMLElement> {
  await openMenu(host);
  await user.click(at(button));
  await waitFor(() => expect(at(`${button}-dialog`)).not.toBeNull());
  return at(`${button}-dialog`);
}

export const dialogGone = (cy: string) => waitFor(() => expect(at(cy)).toBeNull());
