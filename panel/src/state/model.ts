/** What the panel knows, and how each event changes it. */
import type { AnswerOf, ClassName, Failure, Method, PlanRef, Run, ScanEntry, Standing, Summary, Target } from "../types";
import type { CountAxis } from "./plot";
import { countByClass, countsFrom, type Numbers, numbersAt, prepare, type Restriction, restrictedTo, type Scan } from "./scan";
import type { Stored } from "./stored";
import { toIou, toThousandths } from "./thresholds";

export interface Cut {
  readonly threshold: number;
  /** The threshold when the pointer was last let go. */
  readonly settled: number;
  readonly method: Method;
  readonly axis: CountAxis;
  readonly restriction: Restriction;
}

export interface Counted {
  readonly key: string;
  readonly answer: AnswerOf<"count_labels">;
}

export interface Model {
  readonly overview: AnswerOf<"open_panel"> | null;
  readonly targets: readonly Target[];
  readonly scans: readonly ScanEntry[];
  readonly scan: Scan | null;
  readonly opening: boolean;
  readonly cut: Cut | null;
  readonly counted: Counted | null;
  readonly standing: Standing | null;
  readonly run: Run | null;
  /** The write or export under way. */
  readonly busy: string | null;
  readonly failure: Failure | null;
}

export const FIRST_MODEL: Model = {
  overview: null,
  targets: [],
  scans: [],
  scan: null,
  opening: true,
  cut: null,
  counted: null,
  standing: null,
  run: null,
  busy: null,
  failure: null,
};

export type Event =
  | { type: "opened"; overview: AnswerOf<"open_panel">; awaitingScan: boolean }
  | { type: "opening" }
  | { type: "scan"; summary: Summary; stored: Stored }
  | { type: "closed" }
  | { type: "scans"; scans: readonly ScanEntry[] }
  | { type: "refreshed"; targets: readonly Target[]; standing: Standing | null }
  | { type: "cut"; change: Partial<Cut> }
  | { type: "counted"; counted: Counted }
  | { type: "run"; run: Run | null }
  | { type: "busy"; busy: string | null }
  | { type: "failed"; failure: Failure | null };

export function reduce(model: Model, event: Event): Model {
  switch (event.type) {
    case "opened": {
      const { overview } = event;
      const { targets, scans, run } = overview;
      return { ...model, overview, targets, scans, run: run ?? model.run, opening: event.awaitingScan };
    }
    case "opening":
      return { ...model, opening: true, failure: null };
    case "scan": {
      const scan = prepare(event.summary);
      return { ...model, scan, opening: false, counted: null, standing: null, cut: firstCut(scan, event.stored) };
    }
    case "closed":
      return { ...model, scan: null, cut: null, counted: null, standing: null, opening: false };
    case "scans":
      return { ...model, scans: event.scans };
    case "refreshed":
      return { ...model, targets: event.targets, standing: event.standing };
    case "cut":
      return model.cut === null ? model : { ...model, cut: { ...model.cut, ...event.change } };
    case "counted":
      return { ...model, counted: event.counted };
    case "run":
      return { ...model, run: event.run };
    case "busy":
      return { ...model, busy: event.busy };
    case "failed":
      return { ...model, failure: event.failure, busy: null, opening: false };
  }
}

function firstCut(scan: Scan, stored: Stored): Cut {
  const { params } = scan.summary;
  const same = stored.scanKey === scan.summary.scan_key;
  const threshold = (same ? stored.threshold : null) ?? toThousandths(params.iou_thresh);
  return {
    threshold,
    settled: threshold,
    method: (same ? stored.method : null) ?? params.method,
    axis: stored.axis,
    restriction: same ? restrictedTo(scan, stored.restriction) : null,
  };
}

/** What the panel remembers over a page load. */
export function toStore(model: Model): Stored | null {
  const { scan, cut } = model;
  if (scan === null || cut === null) return null;
  const { settled: threshold, method, axis, restriction } = cut;
  return { scanKey: scan.summary.scan_key, threshold, method, axis, restriction };
}

export function countKey(scan: Scan, cut: Cut, threshold: number): string {
  return JSON.stringify([scan.summary.scan_key, threshold, cut.method, cut.restriction]);
}

export interface Outcome {
  readonly numbers: Numbers | null;
  readonly byClass: ReadonlyMap<ClassName, number> | null;
}

/** The numbers at the cut: from the curves where they know, else from the server's answer, else `null`. */
export function outcomeOf(scan: Scan, cut: Cut, counted: Counted | null): Outcome {
  const known = numbersAt(scan, cut.method, cut.threshold, cut.restriction);
  const byClass = countByClass(scan, cut.method, cut.threshold);
  if (known !== null && known.images !== null) return { numbers: known, byClass };
  if (counted === null || counted.key !== countKey(scan, cut, cut.threshold)) return { numbers: known, byClass };
  const { labels, images, classes } = counted.answer;
  return { numbers: { labels, images }, byClass: byClass ?? countsFrom(classes) };
}

/** Whether the server has to be asked: it never is while the pointer drags. */
export function mustAsk(scan: Scan, cut: Cut, counted: Counted | null): boolean {
  const { numbers } = outcomeOf(scan, cut, counted);
  return cut.threshold === cut.settled && (numbers === null || numbers.images === null);
}

/** What the buttons act on: the scan at the threshold that was let go. */
export function planOf({ scan, cut }: Model): PlanRef | null {
  if (scan === null || cut === null) return null;
  const classes = cut.restriction === null ? null : [...cut.restriction];
  return { scan_key: scan.summary.scan_key, iou_thresh: toIou(cut.settled), method: cut.method, classes };
}
