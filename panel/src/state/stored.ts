/** What the panel remembers over a page load. The App gives it back as it was stored, by whatever version. */
import { isRecord } from "../shape";
import type { ClassName, Method } from "../types";
import type { CountAxis } from "./plot";
import type { Restriction } from "./scan";
import { HIGHEST, LOWEST, toThousandths } from "./thresholds";

export interface Stored {
  readonly scanKey: string | null;
  /** `null`: the threshold that the scan was made with. */
  readonly threshold: number | null;
  readonly method: Method | null;
  readonly axis: CountAxis;
  readonly restriction: Restriction;
}

export const NOTHING_STORED: Stored = {
  scanKey: null,
  threshold: null,
  method: null,
  axis: "log",
  restriction: null,
};

/** Takes over what makes sense and leaves out the rest. */
export function readStored(value: unknown): Stored {
  if (!isRecord(value)) return NOTHING_STORED;
  return {
    scanKey: typeof value.scan_key === "string" ? value.scan_key : null,
    threshold: readThreshold(value.iou_thresh),
    method: value.method === "simple" || value.method === "greedy" ? value.method : null,
    axis: value.axis === "linear" ? "linear" : "log",
    restriction: readRestriction(value.classes),
  };
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
export function writeStored(stored: Stored): Record<string, unknown> {
  return {
    scan_key: stored.scanKey,
    iou_thresh: stored.threshold === null ? null : stored.threshold / 1000,
    method: stored.method,
    axis: stored.axis,
    classes: stored.restriction,
  };
}
