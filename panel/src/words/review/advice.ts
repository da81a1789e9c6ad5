/** How often verdicts agree with the plan, in words. */
import type { AnswerOf } from "../../protocol/messages";
import { grouped } from "../format";

type Agreement = Pick<AnswerOf<"review_advice">["bands"][number], "judged" | "agreed" | "low" | "high">;

/** Which pairs the intervals hold for. */
export function pickedText({ judged, picked }: Pick<AnswerOf<"review_advice">, "judged" | "picked">): string {
  return picked === 0 ? "" : `${grouped(picked)} of the ${grouped(judged)} pairs were shown in an order by likelihood. The intervals hold for the pairs you judged, not for all; review at random for that.`;
}

/** "40 of 41" */
export function agreedText({ judged, agreed }: Agreement): string {
  return `${grouped(agreed)} of ${grouped(judged)}`;
}

/** "87–100 %" */
export function intervalText({ low, high }: Agreement): string {
  return `${Math.round(100 * low)}–${Math.round(100 * high)} %`;
}
