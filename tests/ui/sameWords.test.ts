import { describe, expect, it } from "vitest";
import { likelihoodText } from "../../panel/src/words/groups";
import { costText } from "../../panel/src/words/sentence";
import costs from "../support/texts/costs.json";
import likelihoods from "../support/texts/likelihoods.json";

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
