import { describe, expect, it } from "vitest";
import { Latest } from "../../../panel/src/state/latest";

describe("a late reply", () => {
  it("is a reply to a request that a newer one replaced", () => {
    const latest = new Latest();
    const first = latest.next("counts");
    const other = latest.next("tag");
    const second = latest.next("counts");
    expect([latest.isLate("counts", first), latest.isLate("counts", second), latest.isLate("tag", other)]).toEqual([true, false, false]);
  });
});
