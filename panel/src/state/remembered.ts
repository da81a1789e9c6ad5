/** What the panel remembers over a page load. The App gives it back as it was stored, by whatever version. */
import { isRecord } from "../protocol/schema";
import type { ClassName } from "../protocol/messages";
import { type Decision, METHODS } from "./decision";
import { FIRST_LOOK, type Look, readLook } from "./tabs";
import type { Restriction } from "./scan";
import { HIGHEST, LOWEST, toThousandths } from "./thresholds";

/** How the histogram counts: on a linear or a logarithmic axis. */
export type CountAxis = "linear" | "log";

export interface Stored {
  readonly scanKey: string | null;
  /** `null`: the threshold that the scan was made with. */
  readonly threshold: number | null;
  /** `null`: what the scan was made with. */
  readonly decision: Decision | null;
  readonly axis: CountAxis;
  readonly restriction: Restriction;
  readonly look: Look;
}

export const NOTHING_STORED: Stored = {
  scanKey: null,
  threshold: null,
  decision: null,
  axis: "log",
  restriction: null,
  look: FIRST_LOOK,
};

/** Takes over what makes sense and leaves out the rest. */
export function readStored(value: unknown): Stored {
  if (!isRecord(value)) return NOTHING_STORED;
  return {
    scanKey: typeof value.scan_key === "string" ? value.scan_key : null,
    threshold: readThreshold(value.iou_thresh),
    decision: readDecision(value),
    axis: value.axis === "linear" ? "linear" : "log",
    restriction: readRestriction(value.classes),
    look: readLook(value.look),
  };
}

function readDecision({ method, keep, metric }: Record<string, unknown>): Decision | null {
  const known = METHODS.find((name) => name === method);
  if (known === undefined) return null;
  const rules = Array.isArray(keep) ? keep.filter((rule) => typeof rule === "string") : [];
  return { method: known, keep: rules, metric: metric === "ios" ? "ios" : "iou" };
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

/** The same, as JSON for the App to keep; Python reads these names. */
export function writeStored({ scanKey, threshold, decision, axis, restriction, look }: Stored): Record<string, unknown> {
  return {
    scan_key: scanKey,
    iou_thresh: threshold === null ? null : threshold / 1000,
    method: decision?.method ?? null,
    keep: decision?.keep ?? [],
    metric: decision?.metric ?? null,
    axis,
    classes: restriction,
    look,
  };
}
