/** Imports of a review, in words. */
import type { AnswerOf } from "../../protocol/messages";
import { counted, grouped } from "../format";

/** "Imported 30 verdicts; 2 were stored already. 1 row was left out: 1 is older than the verdict that is stored (row 7)." */
export function importedText({ stored, unchanged, skipped, rows }: AnswerOf<"import_review">): string {
  const same = unchanged === 0 ? "" : `; ${grouped(unchanged)} ${unchanged === 1 ? "was" : "were"} stored already`;
  const done = `Imported ${counted(stored, "verdict")}${same}.`;
  if (skipped.count === 0) return done;
  const reasons = Object.entries(skipped.reasons).map(([reason, n]) => {
    const first = rows.find((row) => row.reason === reason);
    return `${grouped(n)} × ${reason}${first === undefined ? "" : ` (row ${grouped(first.row)}${n > 1 ? ", …" : ""})`}`;
  });
  return `${done} ${counted(skipped.count, "row")} ${skipped.count === 1 ? "was" : "were"} left out: ${reasons.join("; ")}.`;
}
