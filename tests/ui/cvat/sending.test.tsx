import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { fakeHost, RUN, UP_TO_DATE } from "../fakeHost";
import { makeSummary } from "../makeSummary";
import { user, at, said, removed, requestOf, openDialog, dialogGone } from "./opened";

describe("sending to CVAT", () => {
  it("says what is uploaded and to where before anything is; focus is on Cancel", async () => {
    const host = fakeHost(makeSummary());
    const dialog = await openDialog(host, "cvat-send");
    await waitFor(() => expect(at("cvat-upload").textContent).toBe("Tocvat.example.orgImages3, 0.4 MBLabels6, 3 of them flaggedAs1 task1 label is not sent: 1 that has no class."));
    expect(document.activeElement).toBe(at("cvat-send-cancel"));
    expect(at("cvat-plain")).toBeNull();
    expect(dialog.textContent).toContain(`Labels above 0.75 (${removed})`);
    expect(host.count("send_to_cvat")).toBe(0);
    await user.keyboard("{Escape}");
    await dialogGone("cvat-send-dialog");
    await waitFor(() => expect(document.activeElement).toBe(at("cvat")));
  });

  it("sends what was shown, tells how far it is, and offers the list", async () => {
    const host = fakeHost(makeSummary());
    host.run = { ...RUN, done: 1, total: 3 };
    await openDialog(host, "cvat-send");
    await user.click(at("cvat-scope-labels"));
    await waitFor(() => expect(at("cvat-send-now").textContent).toBe("Send 6 labels"));
    await waitFor(() => expect(at("cvat-send-now")).toHaveProperty("disabled", false));
    await user.click(at("cvat-send-now"));
    await waitFor(() => expect(at("cvat-uploading").textContent).toContain("Sending to CVAT: 1 of 3 images"));
    expect(at("cvat-send-dialog")).toBeNull();
    const plan = { scan_key: "dups_1", iou_thresh: 0.75, method: "simple", keep: [], metric: "iou", classwise: false, classes: null };
    const selected = { source: "plan", tag: "duplicate", scope: "labels", url: null, task_size: null, attributes: [] };
    expect(requestOf(host, "cvat_preview_upload")).toEqual({ ...plan, ...selected });
    const options = { segment_size: null, image_quality: null, project_name: null, task_assignee: null, job_assignees: null };
    expect(requestOf(host, "send_to_cvat")).toEqual({ ...plan, ...selected, ...options, expected: 6 });
    // CVAT accepts fewer labels than were shown
    const left = { count: 2, reasons: { "was not stored by CVAT": 2 } };
    host.cvat.trips = host.cvat.trips.map((trip) => ({ ...trip, run_id: RUN.run_id, labels: 5, left }));
    host.run = null;
    await waitFor(() => expect(said()).toBe("Sent 5 labels in 3 images to cvat.example.org:8080. 2 labels were not sent: 2 that were not stored by CVAT. No label was changed here."));
    expect(at("cvat-uploading")).toBeNull();
    await user.click(at("message-action"));
    await waitFor(() => expect(at("cvat-trip")).not.toBeNull());
  });

  it("takes attributes along that are checked, and none by itself", async () => {
    const host = fakeHost(makeSummary());
    const dialog = await openDialog(host, "cvat-send");
    await waitFor(() => expect(at("cvat-attributes")).not.toBeNull());
    const boxes = within(at("cvat-attributes")).getAllByRole("checkbox");
    expect(boxes.map((box) => (box as HTMLInputElement).checked)).toEqual([false, false]);
    expect(dialog.textContent).toContain("Attributes are not sent, and no label is changed.");
    host.cvat.upload = { ...host.cvat.upload, attributes: ["color"], values_left: { color: 2 }, left: { count: 0, reasons: {} } };
    await user.click(within(at("cvat-attributes")).getByRole("checkbox", { name: "color" }));
    await waitFor(() => expect(at("cvat-upload").textContent).toContain("Withcolor"));
    expect(requestOf(host, "cvat_preview_upload")).toMatchObject({ attributes: ["color"] });
    expect(at("cvat-left").textContent).toBe("color of 2 labels is not sent: CVAT cannot represent the value.");
    expect(dialog.textContent).toContain("Other attributes are not sent");
    await user.click(at("cvat-send-now"));
    await waitFor(() => expect(requestOf(host, "send_to_cvat")).toMatchObject({ attributes: ["color"] }));
  });

  it("of labels without attributes offers none, and lists nothing as not sent if everything is sent", async () => {
    const host = fakeHost(makeSummary());
    host.cvat.upload = { ...host.cvat.upload, offered: [], left: { count: 0, reasons: {} } };
    await openDialog(host, "cvat-send");
    await waitFor(() => expect(at("cvat-upload")).not.toBeNull());
    expect([at("cvat-attributes"), at("cvat-left")]).toEqual([null, null]);
  });

  it("takes options, and refuses a size that is none", async () => {
    const host = fakeHost(makeSummary());
    await openDialog(host, "cvat-send");
    await user.click(at("cvat-options"));
    await user.type(at("cvat-taskSize"), "many");
    expect(at("cvat-taskSize").getAttribute("aria-invalid")).toBe("true");
    expect(at("cvat-send-now")).toHaveProperty("disabled", true);
    await user.clear(at("cvat-taskSize"));
    await user.type(at("cvat-taskSize"), "200");
    await user.type(at("cvat-segmentSize"), "50");
    await user.type(at("cvat-projectName"), " street ");
    await user.type(at("cvat-jobAssignees"), "ann, bob");
    await waitFor(() => expect(at("cvat-send-now")).toHaveProperty("disabled", false));
    await user.click(at("cvat-send-now"));
    await waitFor(() =>
      expect(requestOf(host, "send_to_cvat")).toMatchObject({ task_size: 200, segment_size: 50, image_quality: null, project_name: "street", job_assignees: "ann, bob" }),
    );
  });

  it("can be cancelled, and says what that means", async () => {
    const host = fakeHost(makeSummary());
    host.run = { ...RUN, done: 1, total: 3 };
    await openDialog(host, "cvat-send");
    await waitFor(() => expect(at("cvat-send-now")).toHaveProperty("disabled", false));
    await user.click(at("cvat-send-now"));
    await waitFor(() => expect(at("cvat-uploading")).not.toBeNull());
    await user.click(within(at("cvat-uploading")).getByRole("button", { name: "Cancel" }));
    await screen.findByText("The upload was canceled. No label was changed.");
    expect(host.count("cancel_run")).toBe(1);
  });

  it("that fails on the way says why", async () => {
    const host = fakeHost(makeSummary());
    host.run = { ...RUN, state: "failed", error: { message: "The upload failed: no room on the server", consequence: "Nothing was changed." } };
    await openDialog(host, "cvat-send");
    await waitFor(() => expect(at("cvat-send-now")).toHaveProperty("disabled", false));
    await user.click(at("cvat-send-now"));
    await waitFor(() => expect(at("cvat-uploading")?.textContent).toContain("no room on the server"));
    await user.click(within(at("cvat-uploading")).getByRole("button", { name: "Dismiss this error" }));
    expect(at("cvat-uploading")).toBeNull();
  });

  it("without an account says how to set one, and offers nothing to send", async () => {
    const host = fakeHost(makeSummary());
    host.cvat.status = { ...host.cvat.status, configured: false, host: null, encrypted: null, problem: "Expected FIFTYONE_CVAT_USERNAME, got none" };
    await openDialog(host, "cvat-send");
    await waitFor(() => expect(at("cvat-setup").textContent).toContain("Expected FIFTYONE_CVAT_USERNAME, got none"));
    expect(at("cvat-setup").textContent).toContain("FIFTYONE_CVAT_PASSWORD");
    expect(at("cvat-send-now")).toBeNull();
    expect(host.count("cvat_preview_upload")).toBe(0);
  });

  it("without a server asks for its address, and counts nothing before it has one", async () => {
    const host = fakeHost(makeSummary());
    host.cvat.status = { ...host.cvat.status, configured: false, needs_url: true, host: null, encrypted: null };
    host.cvat.upload = { ...host.cvat.upload, host: "10.0.0.7:8080", encrypted: false };
    const dialog = await openDialog(host, "cvat-send");
    await waitFor(() => expect(at("cvat-url")).not.toBeNull());
    expect(dialog.textContent).toContain("the public cloud is used only if you type its address");
    expect(host.count("cvat_preview_upload")).toBe(0);
    await user.type(at("cvat-url"), "http://10.0.0.7:8080");
    await waitFor(() => expect(at("cvat-plain")?.textContent).toContain("not encrypted"));
    expect(host.count("cvat_preview_upload")).toBe(1);
    expect(requestOf(host, "cvat_preview_upload")).toMatchObject({ url: "http://10.0.0.7:8080" });
  });

  it("that cannot be previewed says why in the dialog, and can be tried again", async () => {
    const host = fakeHost(makeSummary());
    host.failures.cvat_preview_upload = { message: "Expected images that can be read, but found /a.jpg.", consequence: "Nothing was changed." };
    const dialog = await openDialog(host, "cvat-send");
    await waitFor(() => expect(within(dialog).getByRole("alert").textContent).toContain("images that can be read"));
    expect(at("cvat-send-now")).toHaveProperty("disabled", true);
    host.failures = {};
    await user.click(within(dialog).getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(at("cvat-upload")).not.toBeNull());
    expect(within(dialog).queryByRole("alert")).toBeNull();
  });

  it("that is refused keeps the dialog and what was typed", async () => {
    const host = fakeHost(makeSummary());
    host.failures.send_to_cvat = { message: "assignee: expected people whom CVAT knows, but got 'zoe'." };
    const dialog = await openDialog(host, "cvat-send");
    await waitFor(() => expect(at("cvat-send-now")).toHaveProperty("disabled", false));
    await user.click(at("cvat-send-now"));
    await waitFor(() => expect(within(dialog).getByRole("alert").textContent).toContain("zoe"));
    expect(at("cvat-uploading")).toBeNull();
  });

  it("of tagged labels is offered", async () => {
    const host = fakeHost(makeSummary());
    host.freshness = { ...UP_TO_DATE, tagged: 7 };
    await openDialog(host, "cvat-send");
    await user.click(at("cvat-source-tag"));
    await waitFor(() => expect(requestOf(host, "cvat_preview_upload")).toMatchObject({ source: "tag", tag: "duplicate" }));
  });
});
