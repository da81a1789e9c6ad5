/**
 * A host without an App, which replies to messages from one summary, as the server would.
 *
 * It fakes the App and the server, but no part of the panel. Its replies pass the same check as real ones.
 */
import type { Host } from "../../panel/src/host/host";
import { replyOf } from "../../panel/src/host/reply";
import type { AnswerOf, ClassPair, Failure, Freshness, JournalEntry, MessageName, Run, ScanEntry, Summary, Verdict } from "../../panel/src/protocol/messages";
import { answersOf, UP_TO_DATE } from "./fakeAnswers";
import { fakeCvat, type FakeCvat } from "./fakeCvat";
import { fakeReview, type FakeReview } from "./fakeReview";
import { makeClassPairs, makeGroups } from "./makeGroups";

export { OWN_VIEW, RUN, UP_TO_DATE } from "./fakeAnswers";

export interface Sent {
  readonly message: MessageName;
  readonly request: Record<string, unknown>;
}

export interface FakeHost extends Host {
  readonly sent: Sent[];
  readonly files: { name: string; content: Blob }[];
  remembered: unknown;
  /** Whether the App shows a view that the panel made. */
  planView: boolean;
  filters: Record<string, unknown>;
  /** Closes the sample that the App shows. */
  closeSample: () => void;
  freshness: Freshness;
  seen: AnswerOf<"refresh">["seen"];
  /** The scan that replaced the open one. */
  replacedBy: string | null;
  run: Run | null;
  overview: Partial<AnswerOf<"open_panel">>;
  scans: ScanEntry[];
  actions: JournalEntry[];
  verdicts: Verdict[];
  classPairs: ClassPair[];
  /** Whether no label belongs to a track. */
  unidentified: boolean;
  cvat: FakeCvat;
  review: FakeReview;
  /** The values that the browser keeps. */
  kept: Map<string, string>;
  /** The scan that a new verdict makes, if that is fast. */
  judged: Summary | null;
  /** Stored scans other than the one that is open at first. */
  others: Summary[];
  /** The number of objects that would lose every label. */
  emptied: number;
  /** The number of labels of the plan that was tagged. */
  taggedPlan: number | null;
  /** The stored scan that a new one would equal. */
  unchanged: string | null;
  /** Whether a deletion is canceled midway. */
  canceled: boolean;
  /** The number of labels without patches. */
  leftOut: number;
  /** The errors to reply with, by message. */
  failures: Partial<Record<MessageName, Failure>>;
  /** The replies that are held back until released, by message. */
  held: Map<MessageName, (() => void)[]>;
  count(message: MessageName): number;
}

export function entryOf(summary: Summary): ScanEntry {
  const { scan_key, title, created_at, labels, samples, scope, params, kind, compared, unit } = summary;
  const { label_field, other_field, classwise, iou_thresh } = params;
  return { scan_key, title, created_at, label_field, other_field, classwise, kind, compared, scope: scope.kind, slices: scope.slices, labels, samples, unit, iou_thresh, removed: summary.curves.simple.labels[70] ?? 0 };
}

export function fakeHost(summary: Summary | null, delay = 0, size?: number): FakeHost {
  const groups = makeGroups(size, summary?.params.other_field);
  const cvat = fakeCvat();
  const review = fakeReview(groups);

  const host: FakeHost = {
    sent: [],
    files: [],
    remembered: {},
    viewKey: "",
    planView: false,
    filters: {},
    closeSample: () => {},
    setFilters: (filters) => void (host.filters = filters),
    onSampleClosed: (callback) => void (host.closeSample = callback),
    readOnly: false,
    selectedLabels: [],
    requestedScan: null,
    freshness: UP_TO_DATE,
    seen: { samples: "200 noon", verdicts: "0" },
    replacedBy: null,
    run: null,
    overview: {},
    scans: summary ? [entryOf(summary)] : [],
    actions: [
      { restore_key: "act_3", operation: "delete", field: "ground_truth", count: 54, samples: 48, untagged: 0, state: "done", created_at: "2026-11-22T10:30:00Z", tag: null, unit: "image", undo_first: null },
      { restore_key: "act_1", operation: "tag", field: "ground_truth", count: 55, samples: 49, untagged: 0, state: "restored", created_at: "2026-11-22T10:20:00Z", tag: "duplicate", unit: "image", undo_first: null },
    ],
    verdicts: [],
    classPairs: makeClassPairs(),
    unidentified: false,
    cvat: cvat.state,
    review: review.state,
    kept: new Map([["reviewer", "anna"]]),
    browser: { read: (key) => host.kept.get(key) ?? null, write: (key, value) => void host.kept.set(key, value) },
    judged: null,
    others: [],
    emptied: 0,
    taggedPlan: null,
    unchanged: null,
    canceled: false,
    leftOut: 0,
    failures: {},
    held: new Map(),
    count: (message) => host.sent.filter((sent) => sent.message === message).length,
    async ask(message, request, requestId) {
      host.sent.push({ message, request });
      if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
      const queue = host.held.get(message);
      if (queue) await new Promise<void>((resolve) => queue.push(resolve));
      const error = host.failures[message];
      const result = error ? { ok: false, error } : { ok: true, ...(answers[message](request as never) as object) };
      return replyOf(message, requestId, { result: { request_id: requestId, ...result } });
    },
    remember: (value) => void (host.remembered = { ...(host.remembered as object), ...value }),
    download: (name, content) => void host.files.push({ name, content }),
    rasterize: async (svg) => new Blob([svg], { type: "image/png" }),
  };
  const answers = answersOf(host, { summary, groups, cvat, review });
  return host;
}
