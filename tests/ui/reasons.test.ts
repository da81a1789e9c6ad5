import { describe, expect, it } from "vitest";
import { likelihoodText } from "../../panel/src/words/groups";
import { kindOfReason, reasonText } from "../../panel/src/words/reasons";
import { costText } from "../../panel/src/words/sentence";
import costs from "../support/costs.json";
import likelihoods from "../support/likelihoods.json";
import examples from "../support/reasons.json";

describe("a reason", () => {
  it.each(examples)("has the same text as in Python: $text", ({ reason, text, kind }) => {
    expect(reasonText(reason)).toBe(text);
    expect(kindOfReason(reason.rule)).toBe(kind);
  });
});

describe("a likelihood", () => {
  it.each(likelihoods)("has the same text as in Python: $likelihood", ({ likelihood, text }) => {
    expect(likelihoodText(likelihood)).toBe(text);
  });
});

describe("a cost", () => {
  it.each(costs)("has the same text as in Python: $text", ({ cost, text }) => {
    expect(costText(cost)).toBe(text);
  });
});
