/** What the model means for the buttons now. */
import type { Field, Standing } from "../protocol/messages";
import { countKey, outcomeOf } from "./cut";
import { countsIn, type Model } from "./model";
import type { Counts, Numbers } from "./scan";

export interface Outlook {
  readonly counts: Counts | null;
  /** What would go where the slider is, while it is dragged too. */
  readonly numbers: Numbers | null;
  /** How many labels would go where the slider came to rest. */
  readonly planned: number;
  readonly planKey: string;
  readonly field: Field | undefined;
  /** Whether the App can show the labels as patches: those of images. */
  readonly patches: boolean;
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
  const field = overview?.fields.find((one) => one.name === name);
  const images = (overview?.dataset.slices ?? []).filter(({ media_type }) => media_type === "image").map((slice) => slice.name);
  const slices = scan?.summary.scope.slices ?? null;
  return {
    counts,
    numbers: known ? outcomeOf(scan, cut, counts, counted).numbers : null,
    planned: settled?.labels ?? 0,
    planKey: known ? countKey(scan, cut, cut.settled) : "",
    field,
    patches: (field?.patches ?? true) && (slices === null || slices.some((slice) => images.includes(slice))),
    unit: scan?.summary.unit ?? "image",
    overlaps: scan !== null && (scan.summary.curves.simple.labels[0] ?? 0) > 0,
    tagged: standing?.tagged ?? 0,
    hold: numbersHold(standing),
  };
}

/** A number on a button must be true now: that of a scan that is out of date is not. */
export function numbersHold(standing: Standing | null): boolean {
  return standing === null || standing.state === "up_to_date";
}
