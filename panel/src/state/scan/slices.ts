/** The slices of a grouped dataset: which ones a scan can cover, and which ones it does. */
import type { Field, Slice, Target } from "../../protocol/messages";

/** The slices that the form offers; `fixed` if the view itself selects them. */
export interface SliceChoice {
  readonly offered: readonly Slice[];
  readonly chosen: readonly string[];
  readonly fixed: boolean;
}

export interface DatasetSlices {
  /** All slices; empty for datasets without groups. */
  readonly slices: readonly Slice[];
  /** The slice that the App shows. */
  readonly active: string | null;
}

export const NO_SLICES: DatasetSlices = { slices: [], active: null };

/** The chosen slices in which the fields can be compared; else the active slice; else the first possible one. */
export function sliceChoiceOf({ slices, active }: DatasetSlices, fields: readonly Field[], target: Target | undefined, wanted: readonly string[]): SliceChoice | null {
  if (slices.length === 0) return null;
  const own = target?.slices ?? null;
  if (own !== null) return { offered: slices.filter(({ name }) => own.includes(name)), chosen: own, fixed: true };
  const offered = slices.filter(({ name }) => fields.every((field) => field.slices.includes(name)));
  const names = offered.map(({ name }) => name);
  const usual = names.includes(active ?? "") ? active : names[0];
  const known = names.filter((name) => wanted.includes(name));
  return { offered, chosen: known.length > 0 ? known : usual == null ? [] : [usual], fixed: false };
}

/** The chosen slices after a click on one of them; the last one cannot be removed. */
export function toggledSlice({ offered, chosen }: SliceChoice, name: string): readonly string[] {
  const rest = offered.map((slice) => slice.name).filter((other) => (other === name ? !chosen.includes(name) : chosen.includes(other)));
  return rest.length === 0 ? chosen : rest;
}
