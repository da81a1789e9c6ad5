/** Imports of a review, in words. */
import type { AnswerOf } from "../../protocol/messages";
import { counted, grouped } from "../format";

/** "Imported 30 verdicts; 2 were already stored. 1 row was left out: 1 is older than the verdict that is stored (row 7)." */
export function importedText({ stored, unpaired, unchanged, skipped, rows }: AnswerOf<"import_review">): string {
  const same = unchanged === 0 ? "" : `; ${grouped(unchanged)} ${unchanged === 1 ? "was" : "were"} already stored`;
  const none = unpaired === 0 ? "" : ` ${counted(unpaired, "label")} to remove ${unpaired === 1 ? "is" : "are"} in no pair of a stored scan, and nothing removes ${unpaired === 1 ? "it" : "them"} yet.`;
  const done = `Imported ${counted(stored, "verdict")}${same}.${none}`;
  if (skipped.count === 0) return done;
  const reasons = Object.entries(skipped.reasons).map(([reason, n]) => {
    const first = rows.find((row) => row.reason === reason);
    return `${grouped(n)} × ${reason}${first === undefined ? "" : ` (row ${grouped(first.row)}${n > 1 ? ", …" : ""})`}`;
  });
  return `${done} ${counted(skipped.count, "row")} ${skipped.count === 1 ? "was" : "were"} left out: ${reasons.join("; ")}.`;
}
