import { cleanup, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { fakeHost, OWN_VIEW } from "../../fakeHost";
import { makeSummary } from "../../makeSummary";
import { at, open, user } from "../opened";

describe("the view of the user", () => {
  it("is kept when the panel shows another one, over a page load too, and comes back with its filters", async () => {
    const host = await open(fakeHost(makeSummary()));
    expect(at("back-to-view")).toHaveProperty("disabled", true);
    await user.click(at("show"));
    await waitFor(() => expect(host.remembered).toMatchObject({ own_view: OWN_VIEW }));
    cleanup();
    host.planView = true;
    await open(host);
    await waitFor(() => expect(at("back-to-view")).toHaveProperty("disabled", false));
    await user.click(at("back-to-view"));
    await waitFor(() => expect(host.filters).toEqual({ confidence: { range: [0, 1] } }));
    expect(host.sent.find((sent) => sent.message === "restore_view")?.request).toEqual({ own_view: OWN_VIEW });
  });

  it("comes back from a scan without overlaps too", async () => {
    const host = await open(Object.assign(fakeHost(makeSummary({ removed: 0, pairs: 0 })), { planView: true }));
    await waitFor(() => expect(at("nothing-found")).not.toBeNull());
    await user.click(at("back-to-view"));
    await waitFor(() => expect(host.filters).toEqual({ confidence: { range: [0, 1] } }));
  });

  it("stays while a sample is opened with its labels selected; the selection ends with the sample", async () => {
    const host = await open(Object.assign(fakeHost(makeSummary()), { remembered: { look: { tab: "groups" }, scan_key: "dups_1" } }));
    await waitFor(() => expect(at("group-open")).not.toBeNull());
    await user.click(at("group-open"));
    await waitFor(() => expect(host.count("show_group")).toBe(1));
    expect(host.count("leave_sample")).toBe(0);
    await waitFor(() => {
      host.closeSample();
      expect(host.count("leave_sample")).toBe(1);
    });
  });
});
