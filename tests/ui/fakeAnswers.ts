/** The replies of the server to each message, from one summary. */
import type { Freshness, MessageName, PlanRef, RequestOf, Run, Summary } from "../../panel/src/protocol/messages";
import { type Decision, isStored } from "../../panel/src/state/decision/decision";
import { numbersAt, prepare, type Scan, storedCountsOf } from "../../panel/src/state/scan/scan";
import { toThousandths } from "../../panel/src/state/decision/thresholds";
import type { fakeCvat } from "./fakeCvat";
import type { FakeHost } from "./fakeHost";
import type { fakeReview } from "./fakeReview";
import { DETAILS, type makeGroups, makePicture } from "./makeGroups";
import { KEEP_RULES } from "./makeRules";
import { makeTracks } from "./makeTracks";

export const UP_TO_DATE: Freshness = { state: "up_to_date", added: 0, removed: 0, edited: 0, other_view: false, tagged: 0 };
export const RUN: Run = { run_id: "run_1", state: "running", background: false, done: 0, total: 0, waiting: 0, waits: null, scan_key: null, error: null, unit: "image" };

export const OWN_VIEW = '{"view":[],"view_name":"mine","filters":{}}';

const NONE = { count: 0, reasons: {} };

export type Answers = { [M in MessageName]: (request: never) => unknown };

/** The parts of the replies, besides the host, whose fields a test sets. */
export interface Faked {
  readonly summary: Summary | null;
  readonly groups: ReturnType<typeof makeGroups>;
  readonly cvat: ReturnType<typeof fakeCvat>;
  readonly review: ReturnType<typeof fakeReview>;
}

export function answersOf(host: FakeHost, { summary, groups, cvat, review }: Faked): Answers {
  const scan = summary && prepare(summary);
  const tracks = makeTracks();
  const targets = [
    { kind: "dataset" as const, samples: summary?.samples ?? 200, slices: null },
    { kind: "selection" as const, samples: 3, slices: null },
  ];

  function numbers(plan: PlanRef) {
    const decided = scan && storedCountsOf(scan, plan);
    const counts = decided && numbersAt(scan, decided, toThousandths(plan.iou_thresh), plan.classes);
    return { labels: counts?.labels ?? 77, images: counts?.images ?? 70 };
  }
  function classes(plan: PlanRef) {
    return (summary?.classes ?? []).slice(0, 3).map(({ name }, i) => ({ name, labels: Math.max(1, Math.round(numbers(plan).labels / 2 ** (i + 1))) }));
  }

  /** Labels are known by their number only: a plan of another number is another plan. */
  function tagState(plan: PlanRef) {
    const { tagged } = host.freshness;
    const same = host.taggedPlan === numbers(plan).labels;
    return { tagged, missing: same ? 0 : 18, stale: 0, by_hand: same ? 0 : 3 };
  }

  /** A tenth fewer labels than `greedy` removes, as if by a better method. */
  function fewer({ summary: { curves, classes: all } }: Scan) {
    const part = (counts: readonly number[]) => counts.map((n) => Math.round(0.9 * n));
    return {
      labels: part(curves.greedy?.labels ?? []),
      images: part(curves.greedy?.images ?? []),
      classes: all.flatMap(({ name, greedy }) => (greedy ? [{ name, labels: part(greedy.labels), images: part(greedy.images) }] : [])),
    };
  }

  return {
    open_panel: () => ({
      dataset: { name: "fake", media_type: "image", samples: 200, slices: [] },
      slice: null,
      fields: [
        { name: "ground_truth", kind: "detections", writable: true, compare: [], sigmas: [], patches: true, slices: [] },
        { name: "predictions", kind: "detections", writable: true, compare: [], sigmas: [], patches: true, slices: [] },
        { name: "keypoints", kind: "keypoints", writable: true, compare: [], sigmas: [{ name: "COCO's 17 sigmas", values: [0.052, 0.05] }], patches: true, slices: [] },
      ],
      targets,
      keep_rules: [...KEEP_RULES],
      view_refused: null,
      scans: host.scans,
      run: null,
      tag: "duplicate",
      settings: null,
      ...host.overview,
    }),
    refresh: ({ scan_key }: { scan_key: string | null }) => ({ targets: host.overview.targets ?? targets, view_refused: host.overview.view_refused ?? null, slice: host.overview.slice ?? null, plan_view: host.planView, freshness: scan_key === null ? null : host.freshness, opened: scan_key === null ? null : (host.replacedBy ?? scan_key), seen: host.seen }),
    list_scans: () => ({ scans: host.scans, seen: host.seen }),
    start_scan: ({ background }: { background: boolean }) => (host.unchanged === null ? { run: host.run ?? { ...RUN, background }, unchanged: null } : { run: null, unchanged: host.unchanged }),
    rescan: () => ({ run: host.run ?? RUN }),
    poll_run: () => ({ run: host.run ?? { ...RUN, state: "done", scan_key: summary?.scan_key ?? null } }),
    cancel_run: () => ({ run: { ...RUN, state: "cancelled" } }),
    choose_scan: ({ scan_key }: { scan_key: string | null }) => ({ opens: host.scans.find((entry) => entry.scan_key === scan_key)?.scan_key ?? host.scans[0]?.scan_key ?? null }),
    open_scan: ({ scan_key }: { scan_key: string }) => ({ summary: host.others.find((other) => other.scan_key === scan_key) ?? summary }),
    recount: (decision: Decision) => {
      if (scan === null || isStored(decision, scan.summary.params)) throw new Error("the scan holds these counts");
      return { counts: fewer(scan), share: 1 };
    },
    count_bars: ({ metric, classes }: RequestOf<"count_bars">) => {
      const counts = summary?.histogram.counts ?? [];
      return { counts: metric === "ios" ? counts.map((n, i) => (i < 50 ? 0 : 2 * n)) : counts.map((n) => (classes === null ? n : Math.round(n / 2))) };
    },
    rename_scan: ({ scan_key, title }: { scan_key: string; title: string }) => {
      host.scans = host.scans.map((entry) => (entry.scan_key === scan_key ? { ...entry, title } : entry));
      return { scans: host.scans };
    },
    delete_scan: ({ scan_key }: { scan_key: string }) => {
      host.scans = host.scans.filter((entry) => entry.scan_key !== scan_key);
      return { scans: host.scans };
    },
    count_labels: (plan: PlanRef) => ({ ...numbers(plan), classes: classes(plan) }),
    count_cost: (plan: PlanRef) => ({ removed: numbers(plan).labels, right: 0.9 * numbers(plan).labels, below: 12, low: 0.85 * numbers(plan).labels, high: 0.95 * numbers(plan).labels }),
    find_precise: () => ({ iou_thresh: 0.62, right: 0.914 }),
    show_labels: (plan: PlanRef & { mode: string }) => ({ ...numbers(plan), left_out: plan.mode === "patches" ? host.leftOut : 0, beside: plan.mode === "patches", own_view: OWN_VIEW }),
    restore_view: () => ({ filters: JSON.stringify({ confidence: { range: [0, 1] } }) }),
    leave_sample: () => ({}),
    tag_labels: (plan: PlanRef) => {
      host.freshness = { ...host.freshness, tagged: numbers(plan).labels };
      host.taggedPlan = numbers(plan).labels;
      return { cancelled: false, ...numbers(plan), skipped: NONE, tagged: host.freshness.tagged, restore_key: "act_1", untagged: 0, state: tagState(plan) };
    },
    compare_tag: tagState,
    untag_labels: () => {
      const { tagged } = host.freshness;
      host.freshness = { ...host.freshness, tagged: 0 };
      return { cancelled: false, labels: tagged, images: tagged, skipped: NONE, tagged: 0, restore_key: "act_2" };
    },
    preview_delete: (plan: RequestOf<"preview_delete">) => ({ ...(plan.source === "reviewed" ? { labels: review.removed(), images: review.removed() } : numbers(plan)), digest: "these labels", classes: classes(plan), skipped: plan.source === "reviewed" ? review.skipped() : NONE, emptied: { count: host.emptied, scan_key: "dups_1", iou_thresh: 0.75, metric: "iou" }, by_verdicts: plan.source === "tag" ? 0 : review.removed(), merged: plan.source === "tag" ? 0 : review.merged(), consented: 0, not_merged: plan.source === "tag" ? review.merged() : 0, state: plan.source === "tag" ? tagState(plan) : null }),
    delete_labels: (plan: PlanRef) => ({ cancelled: host.canceled, ...numbers(plan), skipped: NONE, tagged: 0, restore_key: "act_3", by_verdicts: 0, merged: 0, consented: 0, summary: null }),
    list_actions: () => ({ actions: host.actions, total: host.actions.length }),
    restore: ({ restore_key }: { restore_key: string }) => {
      host.actions = host.actions.map((entry) => (entry.restore_key === restore_key ? { ...entry, state: "restored" as const } : entry));
      host.freshness = { ...host.freshness, tagged: 0 };
      return { cancelled: false, labels: 54, images: 48, skipped: NONE, tagged: 0, restore_key, operation: "delete", others: 0, action_labels: 54, summary: null };
    },
    list_groups: ({ offset, limit }: { offset: number; limit: number }) => {
      const left = groups.filter(({ members }) => !host.verdicts.some(({ label_ids }) => label_ids[0] === members[0]?.label_id));
      return { groups: left.slice(offset, offset + limit), total: left.length, chains: left.filter(({ kind }) => kind === "chain").length, verdicts: host.verdicts.length };
    },
    draw_crop: ({ label_ids }: { label_ids: string[] }) => makePicture(label_ids),
    show_group: () => ({ own_view: null, opened: true }),
    list_tracks: ({ min_frames, offset, limit }: RequestOf<"list_tracks">) => {
      const long = tracks.filter(({ frames }) => frames >= min_frames);
      return { tracks: long.slice(offset, offset + limit), total: long.length, unidentified: host.unidentified };
    },
    show_tracks: () => ({ own_view: OWN_VIEW }),
    judge_labels: ({ label_ids }: { label_ids: string[] }) => {
      host.verdicts = [{ label_ids, verdict: "real", kept: null, who: null, created_at: "2026-11-22T10:40:00Z", sample_id: "sample-0", labels: ["car", "truck"] }, ...host.verdicts];
      host.freshness = { ...host.freshness, state: "changed" };
      return { pairs: 1, total: host.verdicts.length, summary: host.judged };
    },
    list_verdicts: () => ({ verdicts: host.verdicts, total: host.verdicts.length }),
    clear_verdicts: ({ label_ids }: { label_ids: string[] | null }) => {
      const left = host.verdicts.filter((verdict) => label_ids !== null && verdict.label_ids.join() !== label_ids.join());
      const pairs = host.verdicts.length - left.length;
      host.verdicts = left;
      return { pairs, total: left.length, summary: host.judged };
    },
    list_class_pairs: () => ({ class_pairs: host.classPairs, total: 40 }),
    set_class_pair: ({ class_pair, may_overlap, iou_thresh }: RequestOf<"set_class_pair">) => {
      host.classPairs = host.classPairs.map((known) => (known.classes.join() === class_pair.join() ? { ...known, may_overlap, iou_thresh } : known));
      host.freshness = { ...host.freshness, state: "changed" };
      return { rules: 1, summary: host.judged };
    },
    plan_details: (plan: PlanRef) => ({ ...numbers(plan), ...DETAILS }),
    export_rows: ({ cursor }: { cursor: string | null }) => ({ text: cursor === null ? "a,b\r\n1,2\r\n" : "3,4\r\n", rows: 1, cursor: cursor === null ? "next" : null }),
    save_settings: () => ({}),
    write_report: () => ({ filename: "report.html", html: "<!doctype html>" }),
    ...cvat.answers,
    ...review.answers,
  };
}
