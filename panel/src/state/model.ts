/** The state of the panel, and how each event changes it. */
import type { AnswerOf, Cost, Failure, Freshness, MessageName, PlanRef, Run, ScanEntry, Summary, Target } from "../protocol/messages";
import { type Bars, changedCut, type Counted, countsOf, type Cut, firstCut, plainCut, planAt, type Recounts, tabsAfter, withoutTagRules } from "./cut/cut";
import { type Delta, movedBy } from "./cut/deltas";
import type { Decision } from "./decision/decision";
import type { Remembered } from "./cut/remembered";
import { isOutdated, type Message } from "./message";
import { FIRST_PLACE, type ReviewPlace } from "./review/place";
import { type Counts, newerOf, prepare, type Scan } from "./scan/scan";
import type { ScanFormValues } from "./scan/scanForm";
import { FIRST_TABS, type Tabs } from "./scan/tabs";

export interface Model {
  readonly overview: AnswerOf<"open_panel"> | null;
  readonly targets: readonly Target[];
  /** The reason why the view in the App cannot be scanned; `null` if it can. */
  readonly viewRefused: string | null;
  /** The slice of a grouped dataset that the App shows. */
  readonly slice: string | null;
  readonly scans: readonly ScanEntry[];
  /** The newest scan, if it was stored elsewhere since the panel was opened and no scan has been opened since. */
  readonly newer: string | null;
  readonly scan: Scan | null;
  /** The values of the scan form that the user chose since the scan was opened. */
  readonly chosen: Partial<ScanFormValues>;
  readonly opening: boolean;
  readonly cut: Cut | null;
  readonly counted: Counted | null;
  /** The counts of decisions that are not stored with the scan. */
  readonly recounts: Recounts;
  readonly bars: Bars;
  /** The progress of the count on the server, from 0 to 1. */
  readonly share: number;
  /** The expected cost of the plan of a key. */
  readonly cost: { readonly key: string; readonly answer: Cost } | null;
  /** The number of labels that verdicts remove, for the scan and the classes of a key. */
  readonly byVerdicts: { readonly key: string; readonly labels: number } | null;
  readonly tabs: Tabs;
  readonly review: ReviewPlace;
  readonly freshness: Freshness | null;
  /** The differences between the labels with the tag and the plan of a key. */
  readonly tagState: { readonly key: string; readonly answer: AnswerOf<"compare_tag"> } | null;
  /** Whether the App shows a view that the panel made, and the user's view that it replaced. */
  readonly planView: boolean;
  readonly ownView: string | null;
  readonly run: Run | null;
  /** The write or export in progress. */
  readonly busy: string | null;
  /** The failure, and the request that failed, if it was one. */
  readonly failure: (Failure & { readonly request?: MessageName }) | null;
  /** Shown until the next action. */
  readonly message: Message | null;
}

/** A model whose scan is open. */
export type Opened = Model & { readonly overview: NonNullable<Model["overview"]>; readonly scan: Scan; readonly cut: Cut };

export function isOpened(model: Model): model is Opened {
  return model.overview !== null && model.scan !== null && model.cut !== null;
}

/** The counts of a scan that has just been opened: none yet. */
const NO_COUNTS: Pick<Model, "counted" | "recounts" | "bars" | "share" | "byVerdicts" | "cost"> = { cost: null, counted: null, recounts: new Map(), bars: new Map(), share: 0, byVerdicts: null };

export const FIRST_MODEL: Model = {
  overview: null,
  targets: [],
  viewRefused: null,
  slice: null,
  scans: [],
  newer: null,
  scan: null,
  chosen: {},
  opening: true,
  cut: null,
  ...NO_COUNTS,
  tabs: FIRST_TABS,
  review: FIRST_PLACE,
  freshness: null,
  tagState: null,
  planView: false,
  ownView: null,
  run: null,
  busy: null,
  failure: null,
  message: null,
};

export type Event =
  | { type: "opened"; overview: AnswerOf<"open_panel">; awaitingScan: boolean }
  | { type: "opening" }
  | { type: "scan"; summary: Summary; remembered: Remembered }
  /** The scan is counted anew, by other verdicts or rules of class pairs. */
  | { type: "reread"; summary: Summary }
  | { type: "closed" }
  | { type: "scans"; scans: readonly ScanEntry[] }
  | { type: "refreshed"; targets: readonly Target[]; viewRefused: string | null; planView: boolean; slice: string | null; freshness: Freshness | null }
  | { type: "replaced"; ownView: string }
  | { type: "form"; chosen: Partial<ScanFormValues> }
  | { type: "bars"; key: string; counts: readonly number[] }
  | { type: "cut"; change: Partial<Cut> }
  | { type: "tabs"; change: Partial<Tabs> }
  | { type: "review"; change: Partial<ReviewPlace> }
  | { type: "moved"; decision: Decision; delta: Delta }
  | { type: "judged"; key: string; labels: number }
  | { type: "counted"; counted: Counted }
  | { type: "cost"; key: string; answer: Cost }
  | { type: "counting"; share: number }
  | { type: "recounted"; key: string; counts: Counts }
  | { type: "uncountable" }
  /** Labels were written: how many of the scan are tagged now. */
  | { type: "retagged"; tagged: number }
  | { type: "tagsCompared"; tagState: NonNullable<Model["tagState"]> }
  | { type: "run"; run: Run | null }
  | { type: "busy"; busy: string | null }
  | { type: "said"; message: Message | null }
  | { type: "failed"; failure: Model["failure"] };

export function reduce(model: Model, event: Event): Model {
  const next = reduced(model, event);
  return isOutdated(next.message, model, next) ? { ...next, message: null } : next;
}

function reduced(model: Model, event: Event): Model {
  switch (event.type) {
    case "opened": {
      const { overview } = event;
      const { targets, slice, scans, run } = overview;
      return { ...model, overview, targets, viewRefused: overview.view_refused, slice, scans, run: run ?? model.run, opening: event.awaitingScan };
    }
    case "opening":
      return { ...model, opening: true, failure: null };
    case "scan":
      return openedScan(model, event.summary, event.remembered);
    case "reread":
      return model.scan?.summary.scan_key === event.summary.scan_key ? { ...model, ...NO_COUNTS, scan: prepare(event.summary) } : model;
    case "closed":
      return { ...model, scan: null, cut: null, ...NO_COUNTS, chosen: {}, freshness: null, opening: false };
    case "scans":
      return { ...model, scans: event.scans, newer: newerOf(event.scans, model.scans, model.newer, model.scan?.summary.scan_key ?? null) };
    case "refreshed":
      return { ...model, targets: event.targets, viewRefused: event.viewRefused, planView: event.planView, slice: event.slice, freshness: event.freshness, tagState: event.freshness?.tagged === model.tagState?.answer.tagged ? model.tagState : null };
    case "replaced":
      return { ...model, ownView: event.ownView };
    case "form":
      return { ...model, chosen: event.chosen };
    case "bars":
      return { ...model, bars: new Map(model.bars).set(event.key, event.counts) };
    case "cut":
      return model.cut === null ? model : { ...model, cut: changedCut(model.cut, event.change), tabs: tabsAfter(model.tabs, event.change) };
    case "tabs":
      return { ...model, tabs: { ...model.tabs, ...event.change } };
    case "review":
      return { ...model, review: { ...model.review, ...event.change } };
    case "moved":
      return model.scan === null ? model : { ...model, counted: null, cost: null, ...movedBy(model.scan, model.recounts, event.decision, event.delta) };
    case "judged":
      return { ...model, byVerdicts: { key: event.key, labels: event.labels } };
    case "counted":
      return { ...model, counted: event.counted };
    case "cost":
      return { ...model, cost: { key: event.key, answer: event.answer } };
    case "counting":
      return { ...model, share: event.share };
    case "recounted":
      return { ...model, share: 0, recounts: new Map(model.recounts).set(event.key, event.counts) };
    case "uncountable":
      return model.cut === null || model.scan === null ? model : { ...model, share: 0, cut: plainCut(model.scan, model.cut) };
    case "retagged":
      return { ...model, tagState: null, recounts: withoutTagRules(model.recounts), freshness: model.freshness && { ...model.freshness, tagged: event.tagged } };
    case "tagsCompared":
      return { ...model, tagState: event.tagState };
    case "run":
      return { ...model, run: event.run };
    case "busy":
      return { ...model, busy: event.busy };
    case "said":
      return { ...model, message: event.message };
    case "failed":
      return { ...model, failure: event.failure, opening: false };
  }
}

function openedScan(model: Model, summary: Summary, remembered: Remembered): Model {
  const scan = prepare(summary);
  const ownView = model.ownView ?? remembered.ownView;
  const tabs = remembered.scanKey === summary.scan_key ? remembered.tabs : { ...model.tabs, page: 0, classPair: null };
  const review = remembered.scanKey === null ? model.review : remembered.review;
  return { ...model, scan, tabs, review, ownView, newer: null, opening: false, ...NO_COUNTS, chosen: {}, freshness: null, cut: firstCut(scan, remembered) };
}

/** The counts behind the numbers of the open scan; `null` while the server counts. */
export function countsIn({ scan, cut, recounts }: Model): Counts | null {
  return scan === null || cut === null ? null : countsOf(scan, cut, recounts);
}

/** The plan that the buttons act on. */
export function planOf({ scan, cut }: Model): PlanRef | null {
  return scan === null || cut === null ? null : planAt(scan, cut);
}
