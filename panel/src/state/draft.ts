/** What the scan form holds. */
import type { Field, ScanRequest, Target } from "../types";
import { type SliceChoice, type SliceFacts, sliceChoiceOf } from "./slices";

export interface Draft {
  readonly labelField: string;
  /** Empty: the field is compared with itself. */
  readonly otherField: string;
  readonly classwise: boolean;
  /** Empty: what is usual for the field. */
  readonly compare: string;
  readonly target: Target["kind"];
  /** Slices of a grouped dataset that a person chose; empty: the active one. */
  readonly slices: readonly string[];
}

/** What a person chose as far as it still exists, and sensible choices for the rest: the view when there is one. */
export function draftOf(fields: readonly Field[], targets: readonly Target[], wanted: Partial<Draft>): Draft {
  const known = fields.some((field) => field.name === wanted.labelField);
  const labelField = (known ? wanted.labelField : undefined) ?? fields[0]?.name ?? "";
  const other = opponents(fields, labelField).some((field) => field.name === wanted.otherField);
  const kinds = targets.map((target) => target.kind);
  const usual = kinds.includes("view") ? "view" : "dataset";
  const target = wanted.target !== undefined && kinds.includes(wanted.target) ? wanted.target : usual;
  const ways = waysToCompare(fields, labelField);
  const compare = ways.includes(wanted.compare ?? "") ? (wanted.compare ?? "") : (ways[0] ?? "");
  return { labelField, otherField: (other ? wanted.otherField : undefined) ?? "", classwise: wanted.classwise ?? false, compare, target, slices: wanted.slices ?? [] };
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

/** The fields that a field can be compared with: of its kind, and not itself. */
export function opponents(fields: readonly Field[], name: string): readonly Field[] {
  const kind = fields.find((field) => field.name === name)?.kind;
  return fields.filter((field) => field.kind === kind && field.name !== name);
}

export function requestOf(draft: Draft, slices: SliceChoice | null, background: boolean): ScanRequest {
  const { labelField, otherField, classwise, compare, target } = draft;
  return {
    label_field: labelField,
    other_field: otherField === "" ? null : otherField,
    classwise,
    compare: compare === "" ? null : compare,
    target,
    slices: slices === null || slices.fixed ? null : [...slices.chosen],
    background,
  };
}
