/** What the scan form holds. */
import type { Field, RotationUnit, ScanRequest, Summary, Target } from "../protocol/messages";
import { type SliceChoice, type SliceFacts, sliceChoiceOf } from "./slices";

export interface Draft {
  readonly labelField: string;
  /** Empty: the field is compared with itself. */
  readonly otherField: string;
  readonly classwise: boolean;
  /** Empty: what is usual for the field. */
  readonly compare: string;
  /** Of keypoints, one for each point; `null` for 1 each. */
  readonly sigmas: readonly number[] | null;
  /** Whether keypoints at (0, 0) or (-1, -1), or with a confidence of 0, are missing. */
  readonly unmarkedAsMissing: boolean;
  /** Empty: as the values and the version of FiftyOne say. */
  readonly rotationUnit: RotationUnit | "";
  readonly target: Target["kind"];
  /** Slices of a grouped dataset that a person chose; empty: the active one. */
  readonly slices: readonly string[];
}

/** What the scan shown compared: scanning again compares the same, unless a person chooses otherwise. */
export type Shown = Pick<Summary["params"], "label_field" | "other_field" | "classwise" | "compare" | "keypoint_sigmas" | "unmarked_as_missing">;

/** What a person chose as far as it still exists, else what the scan shown compared, else the usual: the view when there is one. */
export function draftOf(fields: readonly Field[], targets: readonly Target[], chosen: Partial<Draft>, shown: Shown | null): Draft {
  const find = (name: string | undefined) => fields.find((field) => field.name === name);
  const field = find(chosen.labelField) ?? find(shown?.label_field) ?? fields[0];
  const labelField = field?.name ?? "";
  const wanted = { ...(shown?.label_field === labelField ? draftFrom(shown) : {}), ...chosen };
  const other = opponents(fields, labelField).some(({ name }) => name === wanted.otherField);
  const kinds = targets.map((target) => target.kind);
  const usual = kinds.includes("view") ? "view" : "dataset";
  const target = wanted.target !== undefined && kinds.includes(wanted.target) ? wanted.target : usual;
  const ways = waysToCompare(fields, labelField);
  const compare = ways.includes(wanted.compare ?? "") ? (wanted.compare ?? "") : (ways[0] ?? "");
  const rotationUnit = hasTurnedBoxes(fields, labelField) && compare !== "masks" ? (wanted.rotationUnit ?? "") : "";
  return { labelField, otherField: (other ? wanted.otherField : undefined) ?? "", classwise: wanted.classwise ?? false, compare, sigmas: takesSigmas(field) ? (wanted.sigmas ?? null) : null, unmarkedAsMissing: takesSigmas(field) && (wanted.unmarkedAsMissing ?? false), rotationUnit, target, slices: wanted.slices ?? [] };
}

function draftFrom({ other_field, classwise, compare, keypoint_sigmas, unmarked_as_missing }: Shown): Partial<Draft> {
  return { otherField: other_field ?? "", classwise, compare: compare ?? "", sigmas: keypoint_sigmas, unmarkedAsMissing: unmarked_as_missing };
}

function takesSigmas(field: Field | undefined): boolean {
  return field !== undefined && field.sigmas.length > 0;
}

/** The sigmas that a field may be compared with, beside 1 for all; none for labels that are no keypoints. */
export function sigmaChoices(fields: readonly Field[], name: string): Field["sigmas"] {
  return fields.find((field) => field.name === name)?.sigmas ?? [];
}

/** Positive numbers, divided by commas or spaces; `null` for anything else. */
export function parseSigmas(typed: string): number[] | null {
  const values = typed.split(/[\s,;]+/).filter((part) => part !== "").map(Number);
  return values.length > 0 && values.every((value) => Number.isFinite(value) && value > 0) ? values : null;
}

/** The slices that a draft goes over; `null` for datasets without groups. */
export function slicesOf(facts: SliceFacts, fields: readonly Field[], targets: readonly Target[], draft: Draft): SliceChoice | null {
  const used = fields.filter(({ name }) => name === draft.labelField || name === draft.otherField);
  const target = targets.find(({ kind }) => kind === draft.target);
  return sliceChoiceOf(facts, used, target, draft.slices);
}

/** What of a field's labels can be compared: their boxes, masks, shapes. */
export function waysToCompare(fields: readonly Field[], name: string): readonly string[] {
  return fields.find((field) => field.name === name)?.compare ?? [];
}

/** Whether some boxes of a field are turned. */
export function hasTurnedBoxes(fields: readonly Field[], name: string): boolean {
  return fields.find((field) => field.name === name)?.turned ?? false;
}

/** The fields that a field can be compared with: of its kind, and not itself. */
export function opponents(fields: readonly Field[], name: string): readonly Field[] {
  const kind = fields.find((field) => field.name === name)?.kind;
  return fields.filter((field) => field.kind === kind && field.name !== name);
}

export function requestOf(draft: Draft, slices: SliceChoice | null, background: boolean): ScanRequest {
  const { labelField, otherField, classwise, compare, sigmas, unmarkedAsMissing, rotationUnit, target } = draft;
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
