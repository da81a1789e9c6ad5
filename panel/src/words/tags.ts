/** The differences between the labels with the tag and the plan, in words. */
import type { AnswerOf } from "../protocol/messages";
import { counted, grouped } from "./format";

type TagState = AnswerOf<"compare_tag">;

/** "186 tagged; 18 of the plan are not tagged; 3 tagged by hand" */
export function tagStateText({ tagged, missing, stale, by_hand }: TagState): string {
  const parts = [`${grouped(tagged)} tagged`];
  if (missing > 0) parts.push(`${grouped(missing)} of the plan ${missing === 1 ? "is" : "are"} not tagged`);
  if (stale > 0) parts.push(`${grouped(stale)} tagged for another plan`);
  if (by_hand > 0) parts.push(`${grouped(by_hand)} tagged by hand`);
  return parts.join("; ");
}

/** "; removed the tag from 44 labels of an earlier plan"; empty for none. */
export function lostText(untagged: number): string {
  return untagged === 0 ? "" : `; removed the tag from ${counted(untagged, "label")} of an earlier plan`;
}

/** The side effects of tagging: "; removed the tag from 44 labels of an earlier plan; 3 tagged by hand keep it" */
export function replacedText({ untagged, state }: AnswerOf<"tag_labels">): string {
  const lost = lostText(untagged);
  return state.by_hand === 0 ? lost : `${lost}; ${grouped(state.by_hand)} tagged by hand ${state.by_hand === 1 ? "keeps" : "keep"} it`;
}
