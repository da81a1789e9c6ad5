import { describe, expect, it } from "vitest";
import type { ReviewGroup, VerdictKind } from "../../../panel/src/protocol/review";
import { acceptProposal, type Given, proposalOf, splitOff, verdictOf, withVerdicts } from "../../../panel/src/state/review/verdicts";
import { decisionText, duplicateLabel, keptText, saidText } from "../../../panel/src/words/review/verdicts";
import { AT } from "../fakeReview";
import { makeGroups } from "../makeGroups";

/** Labels in a row, of which each overlaps the next; the plan removes the named ones for the label before them. */
function makeChain(names: string, removed: string, pairs = [...names].slice(1).map((name, k) => [names[k] ?? "", name])): ReviewGroup {
  const [, , , made] = makeGroups();
  if (made === undefined) throw new Error("there is no chain");
  const [member, pair] = [made.members[0], made.pairs[0]];
  if (member === undefined || pair === undefined) throw new Error("the chain is empty");
  return {
    ...made,
    size: names.length,
    members: [...names].map((label_id, k) => ({ ...member, label_id, is_kept: !removed.includes(label_id), partner_id: removed.includes(label_id) ? (names[k - 1] ?? null) : null, properties: [] })),
    n_pairs: pairs.length,
    pairs: pairs.map((label_ids) => ({ ...pair, label_ids, verdict: null })),
    decided: false,
  };
}

const judged = (group: ReviewGroup, given: readonly Given[]) => withVerdicts(group, given.map(({ label_ids, verdict, kept }) => ({ label_ids, judged: verdict === null ? null : { verdict: verdict as VerdictKind, kept, who: "anna", at: AT } })));
const NOW = Date.parse(AT);

describe("D on a chain of which the plan keeps both ends", () => {
  const chain = makeChain("abc", "b");

  it("says how many labels are kept before, and which ones afterwards", () => {
    expect(duplicateLabel(chain, null)).toBe("Keep 2 of 3");
    const given = acceptProposal(chain, null, "duplicate");
    expect(given).toEqual([{ label_ids: ["b", "a"], verdict: "duplicate", kept: "a" }]);
    const after = judged(chain, given);
    expect(decisionText(after, NOW)).toBe("anna decided “duplicate” just now: A and C kept, B removed");
    expect(saidText(after)).toBe("duplicate, A and C kept, B removed");
  });

  it.each([
    ["a", "A kept, B and C removed"],
    ["b", "B kept, A and C removed"],
    ["c", "C kept, A and B removed"],
  ])("stores that all are one object once %s was picked", (picked, text) => {
    expect(duplicateLabel(chain, picked)).toBe("Duplicate");
    expect(keptText(chain, picked)).toBe(text);
    const after = judged(chain, acceptProposal(chain, picked, "duplicate"));
    expect(after.decided).toBe(true);
    expect(keptText(after)).toBe(text);
  });

  it("never removes a label of the field that is always kept", () => {
    const chained = makeChain("kamb", "ab");
    const two = { ...chained, members: chained.members.map((member) => ({ ...member, field: "km".includes(member.label_id) ? "manual" : "ground_truth" })) };
    expect(Object.fromEntries(proposalOf(two, "k"))).toEqual({ a: "k", b: "m" });
  });
});

describe("a label that was split off", () => {
  const clique = makeChain("abcd", "bcd", [["a", "b"], ["a", "c"], ["a", "d"], ["b", "c"]]);
  const split = judged(clique, splitOff(clique, "b"));

  it("is another object, and the rest is not decided by it", () => {
    expect(verdictOf(split)).toBe("split");
    expect(split.decided).toBe(false);
    expect(decisionText(split, NOW)).toBe("B split off, as another object; the rest is undecided");
    expect(saidText(split)).toBe("the rest is undecided");
  });

  it("remains so after D on the rest, and after a label was picked", () => {
    for (const picked of [null, "c"]) {
      const after = judged(split, acceptProposal(split, picked, "duplicate"));
      expect(after.decided).toBe(true);
      expect(keptText(after)).toBe(picked === null ? "A and B kept, C and D removed" : "B and C kept, A and D removed");
    }
  });

  it("can be decided anew once all is decided", () => {
    const real = judged(clique, clique.pairs.map(({ label_ids }) => ({ label_ids, verdict: "real", kept: null })));
    expect(keptText(judged(real, acceptProposal(real, null, "duplicate")))).toBe("A kept, B, C and D removed");
  });
});
