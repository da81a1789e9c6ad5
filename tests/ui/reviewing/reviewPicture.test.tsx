import { describe, expect, it } from "vitest";
import { fakeHost } from "../fakeHost";
import { makeSummary } from "../makeSummary";
import { user, at, all, key, review } from "./opened";

describe("the picture", () => {
  it("hides a label, pulls shapes apart, fills them, and draws each on its own", async () => {
    await review(fakeHost(makeSummary()));
    const shapes = () => document.querySelectorAll('[data-cy="review-picture"] [data-fate]').length;
    expect(shapes()).toBe(2);
    await user.click(all("handle")[0] as HTMLElement);
    expect(shapes()).toBe(1);
    await user.click(all("handle")[0] as HTMLElement);
    at("review").focus();
    key("e");
    expect(at("apart")).not.toBeNull();
    key("b");
    expect(all("review-picture")).toHaveLength(2);
  });

  it("zooms and moves by keys, and is whole again for the next group", async () => {
    await review(fakeHost(makeSummary()));
    const view = () => at("review-picture").getAttribute("viewBox");
    const whole = view();
    for (let k = 0; k < 4; k++) key("+");
    const near = view();
    expect(near).not.toBe(whole);
    key("ArrowLeft", { shiftKey: true });
    expect(view()).not.toBe(near);
    key("0");
    expect(view()).toBe(whole);
    key("+");
    key("j");
    key("p");
    expect(view()).toBe(whole);
  });
});
