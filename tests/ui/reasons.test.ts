import { describe, expect, it } from "vitest";
import { kindOfReason, reasonText } from "../../panel/src/words/reasons";
import examples from "../support/reasons.json";

describe("a reason", () => {
  it.each(examples)("has the same text as in Python: $text", ({ reason, text, kind }) => {
    expect(reasonText(reason)).toBe(text);
    expect(kindOfReason(reason.rule)).toBe(kind);
  });
});
