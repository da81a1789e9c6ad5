/** The server's answers to the messages of the review. */
import type { Group, RequestOf } from "../../panel/src/protocol/messages";

const entryOf = ({ holder_id, members }: Group) => ({ holder_id, label_ids: members.map(({ label_id }) => label_id) });

const reviewed = (group: Group) => ({
  ...group,
  decided: false,
  members: group.members.map((member) => ({ ...member, facts: [{ name: "class", value: member.label ?? "(no class)" }] })),
  pairs: group.pairs.map((pair) => ({ ...pair, verdict: null })),
});

export function fakeReview(groups: readonly Group[]) {
  return {
    judge_pairs: ({ verdicts }: RequestOf<"judge_pairs">) => ({
      stored: verdicts.map(({ label_ids, verdict }) => ({ label_ids, at: verdict === null ? null : "2026-11-27T10:40:00.000Z" })),
      conflicts: [],
      delta: { labels: [], images: [], classes: [] },
      by_verdicts: verdicts.length,
    }),
    settle_verdicts: () => ({ summary: null }),
    review_queue: () => ({ groups: groups.map((group) => ({ ...entryOf(group), decided: false })), total: groups.length, decided: 0, limit: 5000 }),
    review_groups: ({ groups: wanted }: RequestOf<"review_groups">) => ({
      groups: wanted.flatMap(({ label_ids }) => groups.filter((group) => entryOf(group).label_ids.join() === label_ids.join()).map(reviewed)),
    }),
    accept_above: ({ expected }: RequestOf<"accept_above">) => ({ pairs: groups.length, labels: groups.length, images: groups.length, stored: expected ?? 0 }),
    review_progress: () => ({ people: [], verdicts: { real: 0, duplicate: 0, merge: 0, remove_both: 0 } }),
    review_advice: () => ({ judged: 0, bands: [], class_pairs: [], suggestion: null }),
    compare_labels: () => ({ iou: 0.5, ios: 0.8, measure: "IoU", likelihood: 0.4, verdict: null }),
  };
}
