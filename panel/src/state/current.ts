/** The values that the screen derives from the model. */
import type { Cost, Field, Freshness, RotationUnit, ScanRequest } from "../protocol/messages";
import { countKey, outcomeOf } from "./cut/cut";
import { decisionOf } from "./decision/decision";
import { countsIn, type Model } from "./model";
import type { Remembered, Settings } from "./cut/remembered";
import { labelsHold } from "./scan/freshness";
import type { Counts, Numbers, Scan } from "./scan/scan";
import { formOf, requestOf, type ScanFormValues, type Shown, slicesOf } from "./scan/scanForm";
import type { SliceChoice } from "./scan/slices";
import { HIGHEST, toIou } from "./decision/thresholds";

export interface Current {
  readonly counts: Counts | null;
  /** The numbers at the slider, also while it is dragged. */
  readonly numbers: Numbers | null;
  /** The numbers at the settled threshold. */
  readonly settled: Numbers | null;
  /** The number of labels that would be removed at the settled threshold. */
  readonly planned: number;
  readonly planKey: string;
  readonly field: Field | undefined;
  /** Whether the App can show the labels as patches, which it can for images. */
  readonly patches: boolean;
  readonly unit: string;
  /** Whether any two labels overlap. */
  readonly overlaps: boolean;
  /** The number of labels with the tag; `null` while it is not known. */
  readonly tagged: number | null;
  /** Whether exactly the labels of the plan have the tag, besides those that a person tagged. */
  readonly isTagged: boolean;
  /** Whether the numbers describe the dataset as it is now. */
  readonly hold: boolean;
  readonly form: Form;
}

export function currentOf(model: Model): Current {
  const { overview, scan, cut, counted, freshness, tagState } = model;
  const counts = countsIn(model);
  const name = scan?.summary.params.label_field ?? "";
  const known = scan !== null && cut !== null;
  const settled = known ? outcomeOf(scan, { ...cut, threshold: cut.settled }, counts, counted).numbers : null;
  const field = overview?.fields.find((one) => one.name === name);
  const images = (overview?.dataset.slices ?? []).filter(({ media_type }) => media_type === "image").map((slice) => slice.name);
  const slices = scan?.summary.scope.slices ?? null;
  const planKey = known ? countKey(scan, cut, cut.settled) : "";
  const state = tagState?.key === planKey ? tagState.answer : null;
  return {
    counts,
    numbers: known ? outcomeOf(scan, cut, counts, counted).numbers : null,
    settled,
    planned: settled?.labels ?? 0,
    planKey,
    field,
    // a patch with the labels of another field is not cropped
    patches: scan?.summary.params.other_field == null && (field?.patches ?? true) && (slices === null || slices.some((slice) => images.includes(slice))),
    unit: scan?.summary.unit ?? "image",
    // pairs that verdicts call real, too, of which none is removed
    overlaps: scan !== null && scan.summary.n_pairs > 0,
    tagged: freshness?.tagged ?? null,
    isTagged: numbersHold(freshness) && state !== null && state.tagged > state.by_hand && state.missing === 0 && state.stale === 0,
    hold: numbersHold(freshness),
    form: formIn(model),
  };
}

/** Identifies the inputs of the number of labels that verdicts remove. It is the same at every threshold, for every method. Empty without a scan. */
export function verdictsKey({ scan, cut, review }: Pick<Model, "scan" | "cut" | "review">): string {
  return scan === null || cut === null || review.open ? "" : JSON.stringify([scan.summary.scan_key, scan.summary.created_at, cut.restriction]);
}

/** The number of labels that verdicts remove; `null` while it is not known. */
export function byVerdictsIn(model: Model): number | null {
  return model.byVerdicts !== null && model.byVerdicts.key === verdictsKey(model) ? model.byVerdicts.labels : null;
}

/** The expected cost of the plan at the slider; `null` while it is not known. */
export function costIn({ scan, cut, cost }: Model): Cost | null {
  return scan !== null && cut !== null && cost?.key === countKey(scan, cut, cut.threshold) ? cost.answer : null;
}

/** Whether buttons may show numbers: those of an outdated scan may be wrong. */
export function numbersHold(freshness: Freshness | null): boolean {
  return freshness === null || labelsHold(freshness);
}

/** The scan form as a draft: what is shown always belongs to one scan. */
export interface Form {
  readonly values: ScanFormValues;
  readonly slices: SliceChoice | null;
  /** Whether a scan is shown and the form asks for another one. */
  readonly isDraft: boolean;
}

type FormModel = Pick<Model, "overview" | "targets" | "slice" | "scan" | "cut" | "chosen">;

export function formIn(model: FormModel): Form {
  const form = filled(model, model.chosen);
  if (model.scan === null) return { ...form, isDraft: false };
  const { rotations = [] } = model.scan.summary;
  const shown = filled(model, {});
  return { ...form, isDraft: contentOf(form, rotations) !== contentOf(shown, rotations) };
}

function filled({ overview, targets, slice, scan, cut }: FormModel, chosen: Partial<ScanFormValues>): Omit<Form, "isDraft"> {
  const fields = overview?.fields ?? [];
  const values = formOf(fields, targets, chosen, scan && shownOf(scan, cut?.classwise ?? false));
  const ofDataset = { slices: overview?.dataset.slices ?? [], active: slice };
  return { values, slices: slicesOf(ofDataset, fields, targets, values) };
}

function shownOf({ summary: { params, scope } }: Scan, classwise: boolean): Shown {
  return { ...params, classwise, scope };
}

/** The request of a form, as a string. A unit of rotations that the scan itself derived does not make a different request. */
function contentOf({ values, slices }: Omit<Form, "isDraft">, rotations: readonly RotationUnit[]): string {
  const { rotationUnit, ...rest } = values;
  const unit = rotations.every((derived) => derived === rotationUnit) ? "" : rotationUnit;
  return JSON.stringify({ ...rest, slices: [...(slices?.chosen ?? [])].sort(), unit });
}

/** The request of the form. A scan of any class is repeated as one, as it also holds the pairs of the same class. */
export function scanRequest({ values, slices, isDraft }: Form, scan: Scan | null, background: boolean): ScanRequest {
  const classwise = isDraft || scan === null ? values.classwise : scan.summary.params.classwise;
  return requestOf({ ...values, classwise }, slices, background);
}

/** Whether a scan holds the pairs of a class rule. Where it left out pairs, those of the same class are not complete. */
export function holdsClassRule({ summary: { params, truncated } }: Scan, classwise: boolean): boolean {
  return classwise === params.classwise || (classwise && truncated === 0);
}

/** The settings of the panel of the dataset. */
export function settingsOf({ scan, cut, review }: Model): Settings | null {
  if (scan === null || cut === null) return null;
  return { iou_thresh: toIou(Math.min(cut.settled, HIGHEST)), ...decisionOf(cut), order: review.order };
}

/** The values that the panel remembers across page loads. */
export function toRemember({ scan, cut, tabs, review, ownView }: Model): Remembered | null {
  if (scan === null || cut === null) return null;
  const { settled: threshold, axis, restriction } = cut;
  return { scanKey: scan.summary.scan_key, threshold, decision: decisionOf(cut), axis, restriction, tabs, review, ownView };
}
