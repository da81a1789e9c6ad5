/** What the panel knows, and how each event changes it. */
import type { AnswerOf, Failure, PlanRef, Run, ScanEntry, Standing, Summary, Target } from "../protocol/messages";
import { type Counted, countsOf, type Cut, firstCut, planAt, type Recounts, withinReach } from "./cut";
import { PLAIN } from "./decision";
import { FIRST_LOOK, type Look } from "./tabs";
import { type Counts, prepare, type Scan } from "./scan";
import type { Stored } from "./remembered";

export interface Model {
  readonly overview: AnswerOf<"open_panel"> | null;
  readonly targets: readonly Target[];
  /** The slice of a grouped dataset that the App shows. */
  readonly slice: string | null;
  readonly scans: readonly ScanEntry[];
  /** The newest scan, if it was stored elsewhere since the panel was opened and no scan has been opened since. */
  readonly newer: string | null;
  readonly scan: Scan | null;
  readonly opening: boolean;
  readonly cut: Cut | null;
  readonly counted: Counted | null;
  /** What the server counted for decisions that are not stored with the scan. */
  readonly recounts: Recounts;
  /** How far the server is with counting, from 0 to 1. */
  readonly share: number;
  readonly look: Look;
  readonly standing: Standing | null;
  readonly run: Run | null;
  /** The write or export under way. */
  readonly busy: string | null;
  readonly failure: Failure | null;
}

const NO_RECOUNTS: Recounts = new Map();

export const FIRST_MODEL: Model = {
  overview: null,
  targets: [],
  slice: null,
  scans: [],
  newer: null,
  scan: null,
  opening: true,
  cut: null,
  counted: null,
  recounts: NO_RECOUNTS,
  share: 0,
  look: FIRST_LOOK,
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
  | { type: "refreshed"; targets: readonly Target[]; slice: string | null; standing: Standing | null }
  | { type: "cut"; change: Partial<Cut> }
  | { type: "look"; change: Partial<Look> }
  | { type: "counted"; counted: Counted }
  | { type: "counting"; share: number }
  | { type: "recounted"; key: string; counts: Counts }
  | { type: "uncountable" }
  | { type: "retagged" }
  | { type: "run"; run: Run | null }
  | { type: "busy"; busy: string | null }
  | { type: "failed"; failure: Failure | null };

export function reduce(model: Model, event: Event): Model {
  switch (event.type) {
    case "opened": {
      const { overview } = event;
      const { targets, slice, scans, run } = overview;
      return { ...model, overview, targets, slice, scans, run: run ?? model.run, opening: event.awaitingScan };
    }
    case "opening":
      return { ...model, opening: true, failure: null };
    case "scan":
      return openedScan(model, event.summary, event.stored);
    case "closed":
      return { ...model, scan: null, cut: null, counted: null, recounts: NO_RECOUNTS, standing: null, opening: false };
    case "scans":
      return { ...model, scans: event.scans, newer: newerOf(model, event.scans) };
    case "refreshed":
      return { ...model, targets: event.targets, slice: event.slice, standing: event.standing };
    case "cut":
      return model.cut === null ? model : { ...model, cut: withinReach({ ...model.cut, ...event.change }), look: lookAfter(model.look, event.change) };
    case "look":
      return { ...model, look: { ...model.look, ...event.change } };
    case "counted":
      return { ...model, counted: event.counted };
    case "counting":
      return { ...model, share: event.share };
    case "recounted":
      return { ...model, share: 0, recounts: new Map(model.recounts).set(event.key, event.counts) };
    case "uncountable":
      return model.cut === null ? model : { ...model, share: 0, cut: { ...model.cut, ...PLAIN } };
    case "retagged":
      return { ...model, recounts: withoutTagRules(model.recounts) };
    case "run":
      return { ...model, run: event.run };
    case "busy":
      return { ...model, busy: event.busy };
    case "failed":
      return { ...model, failure: event.failure, opening: false };
  }
}

/** Scans that are stored elsewhere, by an operator or from Python, are not opened by themselves. */
function newerOf({ scans: known, newer, scan }: Model, scans: readonly ScanEntry[]): string | null {
  const newest = scans[0]?.scan_key ?? null;
  if (newest !== null && newest !== scan?.summary.scan_key && !known.some(({ scan_key }) => scan_key === newest)) return newest;
  return scans.some(({ scan_key }) => scan_key === newer) ? newer : null;
}

function openedScan(model: Model, summary: Summary, stored: Stored): Model {
  const scan = prepare(summary);
  const look = stored.scanKey === summary.scan_key ? stored.look : { ...model.look, page: 0, pair: null };
  return { ...model, scan, look, newer: null, opening: false, counted: null, recounts: NO_RECOUNTS, standing: null, cut: firstCut(scan, stored) };
}

/** Another cut has other groups: the first page of them comes first again. */
function lookAfter(look: Look, change: Partial<Cut>): Look {
  const same = change.settled === undefined && change.method === undefined && change.keep === undefined && change.metric === undefined;
  return same && change.restriction === undefined ? look : { ...look, page: 0 };
}

/** What rules about tags decide is another thing once labels are tagged. */
function withoutTagRules(recounts: Recounts): Recounts {
  return new Map([...recounts].filter(([key]) => !key.includes('"tagged:')));
}

/** The counts that the numbers of the open scan come from; `null` while the server counts. */
export function countsIn({ scan, cut, recounts }: Model): Counts | null {
  return scan === null || cut === null ? null : countsOf(scan, cut, recounts);
}

/** What the panel remembers over a page load. */
export function toStore({ scan, cut, look }: Model): Stored | null {
  if (scan === null || cut === null) return null;
  const { settled: threshold, method, keep, metric, axis, restriction } = cut;
  return { scanKey: scan.summary.scan_key, threshold, decision: { method, keep, metric }, axis, restriction, look };
}

/** What the buttons act on. */
export function planOf({ scan, cut }: Model): PlanRef | null {
  return scan === null || cut === null ? null : planAt(scan, cut);
}
