/** What the model means for the buttons now. */
import type { Field } from "../types";
import { countKey, outcomeOf } from "./cut";
import { countsIn, type Model } from "./model";
import type { Counts, Numbers } from "./scan";
import { numbersHold } from "./standing";

export interface Outlook {
  readonly counts: Counts | null;
  /** What would go where the slider is, while it is dragged too. */
  readonly numbers: Numbers | null;
  /** How many labels would go where the slider came to rest. */
  readonly planned: number;
  readonly planKey: string;
  readonly field: Field | undefined;
  readonly unit: string;
  /** Whether any two labels overlap. */
  readonly overlaps: boolean;
  readonly tagged: number;
  /** Whether the numbers are true now. */
  readonly hold: boolean;
}

export function outlookOf(model: Model): Outlook {
  const { overview, scan, cut, counted, standing } = model;
  const counts = countsIn(model);
  const name = scan?.summary.params.label_field ?? "";
  const known = scan !== null && cut !== null;
  const settled = known ? outcomeOf(scan, { ...cut, threshold: cut.settled }, counts, counted).numbers : null;
  return {
    counts,
    numbers: known ? outcomeOf(scan, cut, counts, counted).numbers : null,
    planned: settled?.labels ?? 0,
    planKey: known ? countKey(scan, cut, cut.settled) : "",
    field: overview?.fields.find((field) => field.name === name),
    unit: scan?.summary.unit ?? "image",
    overlaps: scan !== null && (scan.summary.curves.simple.labels[0] ?? 0) > 0,
    tagged: standing?.tagged ?? 0,
    hold: numbersHold(standing),
  };
}
