/** What follows from the model for the screen. */
import type { Field, Freshness } from "../protocol/messages";
import { countKey, outcomeOf } from "./cut";
import { countsIn, type Model } from "./model";
import type { Counts, Numbers } from "./scan";

export interface Current {
  readonly counts: Counts | null;
  /** The numbers at the slider, also while it is dragged. */
  readonly numbers: Numbers | null;
  /** The number of labels that would be removed at the settled threshold. */
  readonly planned: number;
  readonly planKey: string;
  readonly field: Field | undefined;
  /** Whether the App can show the labels as patches, which it can for images. */
  readonly patches: boolean;
  readonly unit: string;
  /** Whether any two labels overlap. */
  readonly overlaps: boolean;
  readonly tagged: number;
  /** Whether the numbers describe the dataset as it is now. */
  readonly hold: boolean;
}

export function currentOf(model: Model): Current {
  const { overview, scan, cut, counted, freshness } = model;
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
    // a patch with the labels of another field is not cropped
    patches: scan?.summary.params.other_field == null && (field?.patches ?? true) && (slices === null || slices.some((slice) => images.includes(slice))),
    unit: scan?.summary.unit ?? "image",
    overlaps: scan !== null && (scan.summary.curves.simple.labels[0] ?? 0) > 0,
    tagged: freshness?.tagged ?? 0,
    hold: numbersHold(freshness),
  };
}

/** Whether buttons may show numbers: those of an outdated scan may be wrong. */
export function numbersHold(freshness: Freshness | null): boolean {
  return freshness === null || freshness.state === "up_to_date";
}
