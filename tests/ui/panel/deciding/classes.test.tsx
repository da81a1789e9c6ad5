import { act, screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { entryOf, fakeHost } from "../../fakeHost";
import { makeSummary } from "../../makeSummary";
import { at, lastOf, open, sentence, user } from "../opened";

describe("classes", () => {
  it("restrict the counts by a click; the number of images is known for one class and requested for two", async () => {
    const host = await open(fakeHost(makeSummary()));
    await user.click(screen.getByRole("checkbox", { name: /^person/ }));
    expect(sentence()).toContain("labels of person would be removed");
    expect(host.count("count_labels")).toBe(0);
    await user.click(screen.getByRole("checkbox", { name: /^car,/ }));
    await waitFor(() => expect(host.count("count_labels")).toBe(1));
    expect(lastOf(host, "count_labels")?.classes).toEqual(["person", "car"]);
    await user.click(at("all-classes"));
    expect(sentence()).toContain("of 36,781 labels would be removed");
  });

  it("render only visible rows of a thousand", async () => {
    await open(fakeHost(makeSummary({ names: Array.from({ length: 1000 }, (_, i) => `class ${i}`) })));
    expect(document.querySelectorAll('[data-cy="class-row"]').length).toBeLessThan(20);
    await user.click(at("show-all-classes"));
    expect(document.querySelectorAll('[data-cy="class-row"]').length).toBeLessThan(40);
    await user.type(screen.getByRole("textbox", { name: "Find a class" }), "class 99");
    expect(document.querySelectorAll('[data-cy="class-row"]').length).toBe(11);
  });
});

describe("the bars", () => {
  it("count the labels of the chosen class, and the title names them", async () => {
    const host = await open(fakeHost(makeSummary()));
    expect(at("bars-title").textContent).toBe("Largest IoU of each label");
    const before = at("histogram").innerHTML;
    await user.click(screen.getByRole("checkbox", { name: /^person/ }));
    expect(at("bars-title").textContent).toBe("Largest IoU of each label of person");
    expect(host.sent.find((sent) => sent.message === "count_bars")?.request).toEqual({ scan_key: "dups_1", metric: "iou", classwise: false, classes: ["person"] });
    await waitFor(() => expect(at("histogram").innerHTML).not.toBe(before));
  });

  it("are not those of a class in the scan that was shown before", async () => {
    const summary = makeSummary();
    const host = fakeHost(summary);
    host.others = [{ ...summary, scan_key: "dups_9", title: "Masks" }];
    host.scans = [...host.scans, ...host.others.map(entryOf)];
    await open(host);
    const queue: (() => void)[] = [];
    host.held.set("count_bars", queue);
    await user.click(screen.getByRole("checkbox", { name: /^person/ }));
    await waitFor(() => expect(queue).toHaveLength(1));
    await user.click(at("scans"));
    await user.click(await screen.findByText("Masks"));
    await waitFor(() => expect(lastOf(host, "open_scan")).toMatchObject({ scan_key: "dups_9" }));
    await act(async () => queue[0]?.());
    await user.click(screen.getByRole("checkbox", { name: /^person/ }));
    await waitFor(() => expect(queue).toHaveLength(2));
    expect(host.sent.filter((sent) => sent.message === "count_bars").at(-1)?.request).toMatchObject({ scan_key: "dups_9" });
  });
});
