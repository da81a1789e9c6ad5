/** How often verdicts agree with the plan, in words. */
import type { AnswerOf } from "../../protocol/messages";
import { grouped } from "../format";

type Agreement = Pick<AnswerOf<"review_advice">["bands"][number], "judged" | "agreed" | "low" | "high">;

/** "40 of 41" */
export function agreedText({ judged, agreed }: Agreement): string {
  return `${grouped(agreed)} of ${grouped(judged)}`;
}

/** "87–100 %" */
export function intervalText({ low, high }: Agreement): string {
  return `${Math.round(100 * low)}–${Math.round(100 * high)} %`;
}
