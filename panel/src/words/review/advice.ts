/** The agreement of verdicts with the plan, in words. */
import type { AnswerOf } from "../../protocol/messages";
import { counted, grouped } from "../format";

type Agreement = Pick<AnswerOf<"review_advice">["bands"][number], "judged" | "agreed" | "low" | "high">;

/** The pairs that the intervals hold for. */
export function pickedText({ judged, picked }: Pick<AnswerOf<"review_advice">, "judged" | "picked">): string {
  return picked === 0 ? "" : `${grouped(picked)} of the ${grouped(judged)} pairs were shown in an order by likelihood. The intervals apply only to the pairs that you judged. For all pairs, review in random order.`;
}

/** "40 of 41" */
export function agreedText({ judged, agreed }: Agreement): string {
  return `${grouped(agreed)} of ${grouped(judged)}`;
}

/** The source of the likelihoods. */
export function originText(calibrated: number): string {
  if (calibrated === 0) return "The likelihoods are estimated from this dataset alone.";
  return `The likelihoods were recalibrated with ${calibrated === 1 ? "one" : grouped(calibrated)} of your verdicts.`;
}

/** The pairs that a random sample is drawn from. */
export const SAMPLE_TEXT = "Random pairs with a likelihood above 0.30";

/** "Review 100 random pairs", or how far that is. */
export function sampleText({ pairs, judged }: Pick<AnswerOf<"check_likelihoods">, "pairs" | "judged">): string {
  return judged === 0 ? `Review ${counted(pairs, "random pair")}` : `${grouped(judged)} of ${counted(pairs, "random pair")}`;
}

/** "87–100 %" */
export function intervalText({ low, high }: Agreement): string {
  return `${Math.round(100 * low)}–${Math.round(100 * high)} %`;
}
