import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import * as React from "react";
import { describe, expect, it } from "vitest";
import { DuplicatesPanel } from "../../panel/src/DuplicatesPanel";
import { timelineOf } from "../../panel/src/plot/timeline";
import type { Summary } from "../../panel/src/protocol/messages";
import { prepare } from "../../panel/src/state/scan/scan";
import { parseFrames, tabsOf } from "../../panel/src/state/scan/tabs";
import { noTracksText, overlapText, spanText, trackLabel, tracksPageText, tracksText, tracksTitle } from "../../panel/src/words/tracks";
import { fakeHost, type FakeHost } from "./fakeHost";
import { makeSummary } from "./makeSummary";
import { makeTracks } from "./makeTracks";

const user = userEvent.setup({ delay: null, pointerEventsCheck: 0 });
const at = (cy: string) => document.querySelector(`[data-cy="${cy}"]`) as HTMLElement;
const rows = () => [...document.querySelectorAll<HTMLElement>('[data-cy="track-row"]')];
const asked = (host: FakeHost) => host.sent.filter(({ message }) => message === "list_tracks").map(({ request }) => request);

function ofFrames(params: Partial<Summary["params"]> = {}): Summary {
  const summary = makeSummary();
  return { ...summary, unit: "frame", params: { ...summary.params, label_field: "frames.detections", ...params } };
}

async function openTracks(host = fakeHost(ofFrames())): Promise<FakeHost> {
  render(<DuplicatesPanel host={host} />);
  await waitFor(() => expect(at("tab-tracks")).not.toBeNull());
  await user.click(at("tab-tracks"));
  await waitFor(() => expect(at("tracks").getAttribute("aria-busy")).toBe("false"));
  return host;
}

describe("the list of tracks", () => {
  it("is offered only for labels of frames in one field", () => {
    const offered = (summary: Summary) => tabsOf(prepare(summary)).includes("tracks");
    expect([ofFrames(), ofFrames({ other_field: "frames.predictions" }), makeSummary()].map(offered)).toEqual([true, false, false]);
  });

  it("is replaced by the classes if a scan has no tracks", async () => {
    const host = Object.assign(fakeHost(makeSummary()), { remembered: { scan_key: "dups_1", look: { tab: "tracks" } } });
    render(<DuplicatesPanel host={host} />);
    await waitFor(() => expect(at("class-list")).not.toBeNull());
    expect(at("tab-tracks")).toBeNull();
    expect(host.count("list_tracks")).toBe(0);
  });

  it("is paged, with tracks, frames, overlap and video of each pair", async () => {
    const host = await openTracks();
    expect(asked(host)).toEqual([{ scan_key: "dups_1", iou_thresh: 0.75, metric: "iou", classwise: false, classes: null, min_frames: 2, offset: 0, limit: 12 }]);
    expect(rows()).toHaveLength(12);
    for (const part of ["car #3 · car #7", "frames 12–96", "82 frames", "IoU 0.95", "96 % of the shorter", "street_0.mp4"]) expect(rows()[0]?.textContent).toContain(part);
    expect(at("tracks-page").textContent).toBe("1–12 of 30 pairs of tracks");
    await user.click(at("tracks-on"));
    await waitFor(() => expect(at("tracks-page").textContent).toContain("13–24"));
  });

  it("follows the released threshold, and returns to the first page", async () => {
    const host = await openTracks();
    await user.click(at("tracks-on"));
    await waitFor(() => expect(asked(host)).toHaveLength(2));
    const handle = screen.getByRole("slider", { name: "Threshold, on the histogram" });
    for (let k = 0; k < 15; k++) fireEvent.keyDown(handle, { key: "ArrowLeft" });
    expect(asked(host)).toHaveLength(2);
    fireEvent.keyUp(handle, { key: "ArrowLeft" });
    await waitFor(() => expect(asked(host).at(-1)).toMatchObject({ iou_thresh: 0.6, offset: 0 }));
    expect(asked(host)).toHaveLength(3);
  });

  it("sends no request if only the method changes", async () => {
    const host = await openTracks();
    await user.click(at("method").querySelector('[role="combobox"]') as HTMLElement);
    await user.click(at("method-greedy"));
    expect(asked(host)).toHaveLength(1);
  });

  it("ignores a reply to an outdated request", async () => {
    const host = fakeHost(ofFrames());
    host.held.set("list_tracks", []);
    render(<DuplicatesPanel host={host} />);
    await waitFor(() => expect(at("tab-tracks")).not.toBeNull());
    await user.click(at("tab-tracks"));
    await user.click(at("min-frames"));
    await user.keyboard("{Backspace}60{Enter}");
    await waitFor(() => expect(host.held.get("list_tracks")).toHaveLength(2));
    const [first, second] = host.held.get("list_tracks") ?? [];
    second?.();
    await waitFor(() => expect(at("tracks-page").textContent).toBe("12 pairs of tracks"));
    first?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(at("tracks-page").textContent).toBe("12 pairs of tracks");
  });

  it("opens a pair in the App by a click or Enter, and is navigated by arrow keys", async () => {
    const host = await openTracks();
    rows()[0]?.focus();
    await user.keyboard("{ArrowDown}{Enter}");
    const shown = host.sent.find(({ message }) => message === "show_tracks")?.request;
    expect(shown).toEqual({
      scan_key: "dups_1",
      iou_thresh: 0.75,
      metric: "iou",
      classwise: false,
      sample_id: "video-1",
      tracks: [
        { class: "truck", identity: "3" },
        { class: "car", identity: "656565656565656565a1b2c3" },
      ],
    });
  });

  it("accepts a number of frames, stores it, and rejects invalid input", async () => {
    const host = await openTracks();
    await user.clear(at("min-frames"));
    await user.type(at("min-frames"), "x{Enter}");
    expect(asked(host)).toHaveLength(1);
    await user.clear(at("min-frames"));
    await user.type(at("min-frames"), "500{Enter}");
    await waitFor(() => expect(at("no-tracks").textContent).toBe("No two tracks overlap in 500 frames above 0.75."));
    expect(host.remembered).toMatchObject({ look: { tab: "tracks", minFrames: 500 } });
  });

  it("explains why it is empty", async () => {
    const host = Object.assign(fakeHost(ofFrames()), { unidentified: true, remembered: { scan_key: "dups_1", look: { minFrames: 500 } } });
    await openTracks(host);
    expect(at("no-tracks").textContent).toBe("The overlapping labels have no instance or index, so they do not form tracks.");
  });
});

describe("a pair of tracks", () => {
  const [first, second] = makeTracks();
  if (first === undefined || second === undefined) throw new Error("there are no tracks");

  it("is named by classes and identities, instances by the end of their ids", () => {
    expect([tracksTitle(first), tracksTitle(second)]).toEqual(["car #3 · car #7", "truck #3 · car #a1b2c3"]);
    expect(trackLabel({ class: null, identity: "1" })).toBe("(no class) #1");
  });
  it("has a complete text for screen readers", () =>
    expect(tracksText(first, "IoU")).toBe("car #3 in frames 1–120, car #7 in frames 12–96: overlap in 82 frames · mean IoU 0.95 · 96 % of the shorter, frames 12–96, of street_0.mp4"));
  it("of one frame uses the singular", () => {
    expect([spanText(4, 4), spanText(1, 1200)]).toEqual(["frame 4", "frames 1–1,200"]);
    expect(overlapText({ ...first, frames: 1, share: 1 }, "OKS")).toBe("overlap in 1 frame · mean OKS 0.95 · 100 % of the shorter");
  });
  it("is drawn over the frames of both tracks, all equally wide", () => {
    const { tracks, both } = timelineOf(first);
    expect(tracks).toEqual([{ left: 0, width: 100 }, { left: (100 * 11) / 120, width: (100 * 85) / 120 }]);
    expect(both).toEqual([{ left: (100 * 11) / 120, width: (100 * 11) / 120 }, { left: (100 * 25) / 120, width: (100 * 71) / 120 }]);
  });
  it("is counted with others on a page", () => expect([tracksPageText(0, 1, 1), tracksPageText(0, 12, 12), tracksPageText(2, 6, 30)]).toEqual(["1 pair of tracks", "12 pairs of tracks", "25–30 of 30 pairs of tracks"]));
  it("that does not exist is reported with the metric and the classes", () => {
    const where = { threshold: 750, measure: "IoU", minFrames: 2, restriction: null } as const;
    expect(noTracksText(where, false)).toBe("No two tracks overlap in 2 frames above 0.75.");
    expect(noTracksText({ ...where, measure: "IoS", minFrames: 1, restriction: ["car"] }, false)).toBe("No two tracks of car overlap in 1 frame above IoS 0.75.");
  });
  it("needs a whole number of frames", () => expect(["2", " 30 ", "0", "1.5", "-1", "", "x"].map(parseFrames)).toEqual([2, 30, null, null, null, null, null]));
});
