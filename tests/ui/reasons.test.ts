import { describe, expect, it } from "vitest";
import { kindOfReason, reasonText } from "../../panel/src/words/reasons";
import examples from "../support/reasons.json";

describe("a reason", () => {
  it.each(examples)("is written as Python writes it: $text", ({ reason, text, kind }) => {
    expect(reasonText(reason)).toBe(text);
    expect(kindOfReason(reason.rule)).toBe(kind);
  });
});
