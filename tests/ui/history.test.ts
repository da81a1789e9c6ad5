import { describe, expect, it } from "vitest";
import type { AnswerOf, JournalEntry } from "../../panel/src/protocol/messages";
import { entryTitle, firstText, undoneText } from "../../panel/src/words/history";

const ENTRY: JournalEntry = {
  restore_key: "act_1",
  operation: "tag",
  field: "ground_truth",
  count: 174,
  samples: 131,
  untagged: 115,
  state: "done",
  created_at: "2026-11-22T10:30:00Z",
  tag: "duplicate",
  unit: "image",
  undo_first: null,
};

function undone(change: Partial<AnswerOf<"restore">>): string {
  const skipped = { count: 0, reasons: {} };
  const written = { cancelled: false, labels: 59, images: 50, skipped, tagged: 0, restore_key: "act_1", summary: null };
  return undoneText({ ...written, operation: "delete", others: 0, action_labels: 59, ...change }, "image");
}

describe("an action in History", () => {
  it("has the numbers of the message about it", () => {
    expect(entryTitle(ENTRY)).toBe("Tagged 174 labels in 131 images “duplicate”; removed the tag from 115 labels of an earlier plan");
    expect(entryTitle({ ...ENTRY, untagged: 0 })).toBe("Tagged 174 labels in 131 images “duplicate”");
  });

  it("names the later action that has to be undone first, also if it is not listed", () => {
    const gone = { ...ENTRY, restore_key: "act_2", operation: "delete" as const, count: 59, samples: 50 };
    const blocked = { ...ENTRY, undo_first: "act_2" };
    expect(firstText(ENTRY, [gone, ENTRY])).toBeNull();
    expect(firstText(blocked, [gone, blocked])).toBe("First undo the later action “Deleted 59 labels in 50 images”, which changed the same labels.");
    expect(firstText(blocked, [blocked])).toBe("First undo the later action that changed the same labels.");
  });
});

describe("the undo of", () => {
  it("a deletion has the number of the deleted labels, and the labels that others were merged into beside it", () => {
    expect(undone({})).toBe("Undid the deletion: 59 labels in 50 images");
    expect(undone({ others: 3 })).toBe("Undid the deletion: 59 labels in 50 images; 3 kept labels changed back");
  });

  it("a tagging has the number of the tagged labels, and those that lost or got back the tag", () => {
    const tag = { operation: "tag", labels: 174, images: 131, action_labels: 174 } as const;
    expect(undone(tag)).toBe("Undid the tagging: 174 labels in 131 images");
    // it was cut off, so that its number is not known
    expect(undone({ ...tag, action_labels: 0 })).toBe("Undid the tagging: 174 labels in 131 images");
    const replacing = { ...tag, labels: 95, images: 71, others: 115 };
    expect(undone(replacing)).toBe("Undid the tagging of 174 labels: removed the tag from 95 labels in 71 images; 115 labels of an earlier plan have it again");
  });
});
