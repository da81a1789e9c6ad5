import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { fakeHost } from "../../fakeHost";
import { makeSummary } from "../../makeSummary";
import { at, open, said, textOf, user } from "../opened";

describe("history", () => {
  it("lists the newest actions and undoes the chosen one", async () => {
    const host = await open(fakeHost(makeSummary()));
    await user.click(at("history"));
    const dialog = await screen.findByRole("dialog", { name: "History" });
    await within(dialog).findByText("Deleted 54 labels in 48 images");
    expect(within(dialog).getByText("Tagged 55 labels in 49 images “duplicate”")).not.toBeNull();
    expect(dialog.textContent).toContain("undone");
    expect(within(dialog).getAllByRole("button", { name: "Undo" })).toHaveLength(1);
    await user.click(within(dialog).getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(said()).toBe("Undid the deletion: 54 labels in 48 images."));
    expect(host.sent.find((sent) => sent.message === "restore")?.request).toMatchObject({ restore_key: "act_3" });
  });

  it("undoes no action before a later one on the same labels", async () => {
    const host = fakeHost(makeSummary());
    host.actions = host.actions.map((entry) => (entry.restore_key === "act_1" ? { ...entry, state: "done", undo_first: "act_3" } : entry));
    await open(host);
    await user.click(at("history"));
    const dialog = await screen.findByRole("dialog", { name: "History" });
    await within(dialog).findByText("Deleted 54 labels in 48 images");
    const [newest, older] = within(dialog).getAllByRole<HTMLButtonElement>("button", { name: "Undo" });
    expect([newest?.disabled, older?.disabled]).toEqual([false, true]);
    expect(older?.parentElement?.title).toBe("First undo the later action “Deleted 54 labels in 48 images”, which changed the same labels.");
  });

  it("is exported in pieces", async () => {
    const host = await open(fakeHost(makeSummary()));
    await user.click(at("history"));
    await user.click(await screen.findByRole("button", { name: "CSV" }));
    await waitFor(() => expect(host.files[0]?.name).toBe("duplicates-journal.csv"));
    expect(await textOf(host.files[0]?.content)).toBe("a,b\r\n1,2\r\n3,4\r\n");
    expect(host.sent.filter((sent) => sent.message === "export_rows").map((sent) => sent.request.cursor)).toEqual([null, "next"]);
  });

  it("says if it is empty", async () => {
    await open(Object.assign(fakeHost(makeSummary()), { actions: [] }));
    await user.click(at("history"));
    await screen.findByText("No labels have been changed yet.");
  });
});
