/** The slices of a grouped dataset: which a scan may go over, and which it does. */
import type { Field, Slice, Target } from "../protocol/messages";

/** Which slices a form can choose from; `fixed` are those of a view that selects them itself. */
export interface SliceChoice {
  readonly offered: readonly Slice[];
  readonly chosen: readonly string[];
  readonly fixed: boolean;
}

export interface SliceFacts {
  /** All slices; none for datasets without groups. */
  readonly slices: readonly Slice[];
  /** The one that the App shows. */
  readonly active: string | null;
}

export const NO_SLICES: SliceFacts = { slices: [], active: null };

/** What a person chose as far as the fields can be compared there; else the active slice, or the first that can be. */
export function sliceChoiceOf(facts: SliceFacts, fields: readonly Field[], target: Target | undefined, wanted: readonly string[]): SliceChoice | null {
  if (facts.slices.length === 0) return null;
  const own = target?.slices ?? null;
  if (own !== null) return { offered: facts.slices.filter(({ name }) => own.includes(name)), chosen: own, fixed: true };
  const offered = facts.slices.filter(({ name }) => fields.every((field) => field.slices.includes(name)));
  const names = offered.map(({ name }) => name);
  const usual = names.includes(facts.active ?? "") ? facts.active : names[0];
  const known = names.filter((name) => wanted.includes(name));
  return { offered, chosen: known.length > 0 ? known : usual == null ? [] : [usual], fixed: false };
}

/** The slices after a click on one of them; the last one stays. */
export function toggledSlice({ offered, chosen }: SliceChoice, name: string): readonly string[] {
  const rest = offered.map((slice) => slice.name).filter((other) => (other === name ? !chosen.includes(name) : chosen.includes(other)));
  return rest.length === 0 ? chosen : rest;
}

/** "slice left", "slices left and right" */
export function slicesLabel(names: readonly string[]): string {
  const last = names[names.length - 1] ?? "";
  return names.length < 2 ? `slice ${last}` : `slices ${names.slice(0, -1).join(", ")} and ${last}`;
}

/** "left", "left and right", "all 4" */
export function chosenLabel({ offered, chosen }: SliceChoice): string {
  if (chosen.length > 2 && chosen.length === offered.length) return `all ${chosen.length}: ${chosen.join(", ")}`;
  return slicesLabel(chosen).replace(/^slices? /, "");
}
