/** The values that the panel remembers across page loads. The App returns them as they were stored, possibly by another version. */
import type { ClassName, RequestOf } from "../../protocol/messages";
import { isRecord } from "../../protocol/schema";
import { type Decision, METHODS, METRICS } from "../decision/decision";
import { FIRST_PLACE, readPlace, type ReviewPlace, writePlace } from "../review/place";
import type { Restriction } from "../scan/scan";
import { FIRST_TABS, readTabs, type Tabs, writeTabs } from "../scan/tabs";
import { HIGHEST, LOWEST, toThousandths } from "../decision/thresholds";

/** The count axis of the histogram. */
export type CountAxis = "linear" | "log";

export interface Remembered {
  readonly scanKey: string | null;
  /** `null` for the threshold that the scan was made with. */
  readonly threshold: number | null;
  /** `null` for the decision that the scan was made with. */
  readonly decision: Decision | null;
  readonly axis: CountAxis;
  readonly restriction: Restriction;
  readonly tabs: Tabs;
  readonly review: ReviewPlace;
  /** The view that the panel replaced; `null` for none. */
  readonly ownView: string | null;
}

export const NOTHING_REMEMBERED: Remembered = {
  scanKey: null,
  threshold: null,
  decision: null,
  axis: "log",
  restriction: null,
  tabs: FIRST_TABS,
  review: FIRST_PLACE,
  ownView: null,
};

/** The settings of the panel of a dataset, for every browser that opens it. */
export type Settings = RequestOf<"save_settings">["settings"];

/** The settings to open a scan with: those that this page remembers, else those stored for the dataset. */
export function beginWith(remembered: Remembered, settings: Settings | null, scanKey: string | null): Remembered {
  if (remembered.scanKey !== null || settings === null) return remembered;
  const { iou_thresh, method, keep, metric, classwise, order } = settings;
  return { ...NOTHING_REMEMBERED, scanKey, threshold: readThreshold(iou_thresh), decision: { method, keep, metric, classwise }, review: { ...FIRST_PLACE, order } };
}

/** Returns the stored values; one that makes no sense becomes the default. */
export function readRemembered(value: unknown): Remembered {
  if (!isRecord(value)) return NOTHING_REMEMBERED;
  return {
    scanKey: typeof value.scan_key === "string" ? value.scan_key : null,
    threshold: readThreshold(value.iou_thresh),
    decision: readDecision(value),
    axis: value.axis === "linear" ? "linear" : "log",
    restriction: readRestriction(value.classes),
    tabs: readTabs(value.look),
    review: readPlace(value.review),
    ownView: typeof value.own_view === "string" ? value.own_view : null,
  };
}

function readDecision({ method, keep, metric, classwise }: Record<string, unknown>): Decision | null {
  const known = METHODS.find((name) => name === method);
  if (known === undefined) return null;
  const rules = Array.isArray(keep) ? keep.filter((rule) => typeof rule === "string") : [];
  return { method: known, keep: rules, metric: METRICS.find((name) => name === metric) ?? "iou", classwise: classwise === true };
}

function readThreshold(value: unknown): number | null {
  if (typeof value !== "number" || !Number.isFinite(value)) return null;
  const thousandths = toThousandths(value);
  return thousandths < LOWEST || thousandths > HIGHEST ? null : thousandths;
}

function readRestriction(value: unknown): Restriction {
  if (!Array.isArray(value)) return null;
  const names = value.filter((name): name is ClassName => name === null || typeof name === "string");
  return names.length === 0 ? null : names;
}

/** The same as JSON. The names are stored data, which Python reads as well. */
export function writeRemembered({ scanKey, threshold, decision, axis, restriction, tabs, review, ownView }: Remembered): Record<string, unknown> {
  return {
    scan_key: scanKey,
    iou_thresh: threshold === null ? null : threshold / 1000,
    method: decision?.method ?? null,
    keep: decision?.keep ?? [],
    metric: decision?.metric ?? null,
    classwise: decision?.classwise ?? false,
    axis,
    classes: restriction,
    look: writeTabs(tabs),
    review: writePlace(review),
    own_view: ownView,
  };
}
