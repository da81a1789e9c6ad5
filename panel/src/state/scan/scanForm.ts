/** The scan form. */
import type { Field, RotationUnit, ScanRequest, Summary, Target } from "../../protocol/messages";
import { type DatasetSlices, type SliceChoice, sliceChoiceOf } from "./slices";

export interface ScanFormValues {
  readonly labelField: string;
  /** Empty if the field is compared with itself. */
  readonly otherField: string;
  readonly classwise: boolean;
  /** Empty for the default of the field. */
  readonly compare: string;
  /** For keypoints, one for each point; `null` for 1 each. */
  readonly sigmas: readonly number[] | null;
  /** Whether keypoints at (0, 0) or (-1, -1), or with a confidence of 0, are missing. */
  readonly unmarkedAsMissing: boolean;
  /** Empty if the server derives it from the values and the version of FiftyOne. */
  readonly rotationUnit: RotationUnit | "";
  readonly target: Target["kind"];
  /** The slices of a grouped dataset that the user chose; empty for the active one. */
  readonly slices: readonly string[];
}

/** The parameters and the scope of the scan shown, which are the defaults of the form. */
export type Shown = Pick<Summary["params"], "label_field" | "other_field" | "classwise" | "compare" | "keypoint_sigmas" | "unmarked_as_missing"> & { readonly scope: Pick<Summary["scope"], "kind" | "slices"> };

/** The values that the user chose, if they still exist; else those of the scan shown; else the usual ones. */
export function formOf(fields: readonly Field[], targets: readonly Target[], chosen: Partial<ScanFormValues>, shown: Shown | null): ScanFormValues {
  const find = (name: string | undefined) => fields.find((field) => field.name === name);
  const field = find(chosen.labelField) ?? find(shown?.label_field) ?? fields[0];
  const labelField = field?.name ?? "";
  const wanted = { ...(shown?.label_field === labelField ? formFrom(shown) : {}), ...chosen };
  const other = opponents(fields, labelField).some(({ name }) => name === wanted.otherField);
  const kinds = targets.map((target) => target.kind);
  const usual = kinds.includes("view") ? "view" : "dataset";
  const target = wanted.target !== undefined && kinds.includes(wanted.target) ? wanted.target : usual;
  const ways = waysToCompare(fields, labelField);
  const compare = ways.includes(wanted.compare ?? "") ? (wanted.compare ?? "") : (ways[0] ?? "");
  const rotationUnit = hasTurnedBoxes(fields, labelField) && compare !== "masks" ? (wanted.rotationUnit ?? "") : "";
  return { labelField, otherField: (other ? wanted.otherField : undefined) ?? "", classwise: wanted.classwise ?? false, compare, sigmas: takesSigmas(field) ? (wanted.sigmas ?? null) : null, unmarkedAsMissing: takesSigmas(field) && (wanted.unmarkedAsMissing ?? false), rotationUnit, target, slices: wanted.slices ?? [] };
}

function formFrom({ other_field, classwise, compare, keypoint_sigmas, unmarked_as_missing, scope }: Shown): Partial<ScanFormValues> {
  return { otherField: other_field ?? "", classwise, compare: compare ?? "", sigmas: keypoint_sigmas, unmarkedAsMissing: unmarked_as_missing, target: scope.kind, slices: scope.slices ?? [] };
}

function takesSigmas(field: Field | undefined): boolean {
  return field !== undefined && field.sigmas.length > 0;
}

/** The named sigmas for a field, besides 1 for all; empty unless it holds keypoints. */
export function sigmaChoices(fields: readonly Field[], name: string): Field["sigmas"] {
  return fields.find((field) => field.name === name)?.sigmas ?? [];
}

/** Returns positive numbers separated by commas or spaces, or `null` for anything else. */
export function parseSigmas(typed: string): number[] | null {
  const values = typed.split(/[\s,;]+/).filter((part) => part !== "").map(Number);
  return values.length > 0 && values.every((value) => Number.isFinite(value) && value > 0) ? values : null;
}

/** The slices that the form covers; `null` for datasets without groups. */
export function slicesOf(slices: DatasetSlices, fields: readonly Field[], targets: readonly Target[], form: ScanFormValues): SliceChoice | null {
  const used = fields.filter(({ name }) => name === form.labelField || name === form.otherField);
  const target = targets.find(({ kind }) => kind === form.target);
  return sliceChoiceOf(slices, used, target, form.slices);
}

/** The options to compare the labels of a field by: boxes, masks, shapes. */
export function waysToCompare(fields: readonly Field[], name: string): readonly string[] {
  return fields.find((field) => field.name === name)?.compare ?? [];
}

/** Whether some boxes of a field are rotated. */
export function hasTurnedBoxes(fields: readonly Field[], name: string): boolean {
  return fields.find((field) => field.name === name)?.turned ?? false;
}

/** The other fields of the same kind, with which a field can be compared. */
export function opponents(fields: readonly Field[], name: string): readonly Field[] {
  const kind = fields.find((field) => field.name === name)?.kind;
  return fields.filter((field) => field.kind === kind && field.name !== name);
}

export function requestOf(form: ScanFormValues, slices: SliceChoice | null, background: boolean): ScanRequest {
  const { labelField, otherField, classwise, compare, sigmas, unmarkedAsMissing, rotationUnit, target } = form;
  return {
    label_field: labelField,
    other_field: otherField === "" ? null : otherField,
    classwise,
    compare: compare === "" ? null : compare,
    keypoint_sigmas: sigmas === null ? null : [...sigmas],
    unmarked_as_missing: unmarkedAsMissing,
    ...(rotationUnit === "" ? {} : { rotation_unit: rotationUnit }),
    target,
    slices: slices === null || slices.fixed ? null : [...slices.chosen],
    background,
  };
}
