/** The server's answers to the messages of Review, for verdicts that last as long as the host. */
import type { Group, RequestOf } from "../../panel/src/protocol/messages";
import type { Judged, ReviewGroup } from "../../panel/src/protocol/review";
import { groupKey, isDecided, pairKey } from "../../panel/src/state/review/verdicts";
import { THRESHOLDS } from "./makeSummary";

export interface FakeReview {
  /** By the pair's labels, sorted. */
  readonly verdicts: Map<string, Judged>;
  /** The same verdict as a second person gave it. */
  readonly also: Map<string, Judged>;
  /** The pairs that another person judges before the next write. */
  readonly theirs: Map<string, Judged>;
  /** The ids of labels that were deleted since the scan. */
  readonly deleted: Set<string>;
  /** Whether another program deleted all labels. */
  gone: boolean;
  people: { who: string | null; browser: string | null; pairs: number; last: string }[];
  judged: number;
  /** The number of verdicts that recalibrated the likelihoods, and the size of the random sample. */
  calibrated: number;
  sample: number;
}

export const AT = "2026-11-22T10:40:00.000Z";

const idsOf = ({ members }: Group) => members.map(({ label_id }) => label_id);

function propertiesOf({ label, confidence }: Group["members"][number], k: number) {
  return [
    { name: "class", value: label ?? "(no class)" },
    ...(confidence === null ? [] : [{ name: "confidence", value: confidence.toFixed(2) }]),
    { name: "size", value: `${812 - 3 * k} × ${344 - 2 * k} pixels` },
    { name: "occluded", value: "no" },
    { name: "tags", value: k === 0 ? "reviewed" : "vendor_b" },
    { name: "annotator", value: k === 0 ? "anna" : "bob" },
    { name: "created", value: "3 Oct 2026" },
  ];
}

export function fakeReview(groups: readonly Group[]) {
  const state: FakeReview = { verdicts: new Map(), also: new Map(), theirs: new Map(), deleted: new Set(), gone: false, people: [{ who: "ben", browser: "b2", pairs: 12, last: AT }], judged: 41, calibrated: 0, sample: 100 };

  function verdictFor(key: string, who: string | null): Judged | null {
    const also = state.also.get(key);
    return also !== undefined && also.who === who ? also : (state.verdicts.get(key) ?? null);
  }

  function reviewed(group: Group, who: string | null = null): ReviewGroup {
    const made = {
      ...group,
      members: group.members.map((member, k) => ({ ...member, properties: propertiesOf(member, k) })),
      pairs: group.pairs.map((pair) => ({ ...pair, verdict: verdictFor(pairKey(pair.label_ids), who) })),
      decided: false,
    };
    return { ...made, decided: isDecided(made) };
  }

  const tally = () => {
    const counts = { real: 0, duplicate: 0, merge: 0, remove_both: 0 };
    for (const { verdict } of state.verdicts.values()) counts[verdict] += 1;
    return counts;
  };
  const removed = () => tally().duplicate + tally().merge + 2 * tally().remove_both;

  /** Changes with the verdicts of others, and with the people of other browsers. */
  const others = (browser: string | null) => JSON.stringify([[...state.verdicts].filter(([, { who }]) => who !== "anna"), [...state.also], state.people.filter((person) => person.browser !== browser)]);

  const answers = {
    review_queue: ({ order, filters, browser }: RequestOf<"review_queue">) => {
      const all = groups.map((group) => reviewed(group)).filter((group) => !(filters.undecided && group.decided) && (filters.chains === null || (group.kind === "chain") === filters.chains));
      if (order === "uncertain") all.sort((a, b) => Math.abs(a.likelihood - 0.5) - Math.abs(b.likelihood - 0.5));
      return { groups: all.map((group) => ({ document_id: group.document_id, label_ids: idsOf(group), decided: group.decided })), total: all.length, decided: all.filter(({ decided }) => decided).length, limit: 5000, others: others(browser) };
    },
    review_groups: ({ groups: wanted, who }: RequestOf<"review_groups">) => {
      const keys = new Set(wanted.map(groupKey));
      return { groups: (state.gone ? [] : groups).filter((group) => keys.has(groupKey({ label_ids: idsOf(group) }))).map((group) => reviewed(group, who)) };
    },
    judge_pairs: ({ who, browser, verdicts }: RequestOf<"judge_pairs">) => {
      for (const [key, judged] of state.theirs) state.verdicts.set(key, judged);
      state.theirs.clear();
      const delta = (value: number) => THRESHOLDS.map(() => value);
      const none = { labels: delta(0), images: delta(0), classes: [], by_verdicts: 0 };
      const conflicts = verdicts.flatMap(({ label_ids, seen }) => {
        const known = state.verdicts.get(pairKey(label_ids)) ?? null;
        return (known?.at ?? null) === seen || state.also.get(pairKey(label_ids))?.at === seen ? [] : [{ label_ids, verdict: known?.verdict ?? null, kept: known?.kept ?? null, who: known?.who ?? null, at: known?.at ?? null }];
      });
      if (verdicts.some(({ label_ids }) => label_ids.some((id) => state.deleted.has(id)))) return { stored: [], conflicts: [], gone: true, delta: none, others: others(browser) };
      if (conflicts.length > 0) return { stored: [], conflicts, gone: false, delta: none, others: others(browser) };
      const before = removed();
      const at = new Date().toISOString();
      const stored = verdicts.map(({ label_ids, verdict, kept, seen, who: theirs }) => {
        const pair = pairKey(label_ids);
        if (verdict === null && state.also.get(pair)?.at === seen && state.also.delete(pair)) return { label_ids, at: state.verdicts.get(pair)?.at ?? null };
        if (verdict === null) state.verdicts.delete(pairKey(label_ids));
        else state.verdicts.set(pairKey(label_ids), { verdict, kept, who: theirs === undefined ? who : theirs, at });
        return { label_ids, at: verdict === null ? null : at };
      });
      return { stored, conflicts: [], gone: false, delta: { labels: delta(removed() - before), images: delta(0), classes: [], by_verdicts: removed() - before }, others: others(browser) };
    },
    settle_verdicts: () => ({ summary: null }),
    accept_above: ({ likelihood, digest, who }: RequestOf<"accept_above">) => {
      const open = groups.map((group) => reviewed(group)).filter((group) => !group.decided && group.likelihood > likelihood && group.size === 2);
      if (digest !== null) for (const { pairs } of open) for (const { label_ids } of pairs) state.verdicts.set(pairKey(label_ids), { verdict: "duplicate", kept: label_ids[0] ?? null, who, at: AT });
      return { pairs: open.length, labels: open.length, images: open.length, stored: digest === null ? 0 : open.length, digest: `${open.length} pairs` };
    },
    import_review: ({ content, who }: RequestOf<"import_review">) => {
      const rows = content.trim().split("\n").slice(1);
      for (const row of rows) {
        const [a = "", b = ""] = row.split(",");
        state.verdicts.set(pairKey([a, b]), { verdict: "real", kept: null, who, at: AT });
      }
      return { stored: rows.length, unpaired: 1, unchanged: 2, skipped: { count: 1, reasons: { "is older than the verdict that is stored": 1 } }, rows: [{ row: 7, reason: "is older than the verdict that is stored" }], total: state.verdicts.size };
    },
    review_progress: ({ browser }: RequestOf<"review_progress">) => ({ people: state.people, verdicts: tally(), others: others(browser) }),
    review_advice: () => ({
      judged: state.judged,
      picked: 0,
      bands: state.judged < 20 ? [] : [{ measure: "iou" as const, lo: 0.9, hi: 1, judged: 41, agreed: 40, low: 0.874, high: 0.996 }, { measure: "likelihood" as const, lo: 0.5, hi: 0.95, judged: 12, agreed: 7, low: 0.32, high: 0.81 }],
      class_pairs: state.judged < 20 ? [] : [{ classes: ["car", "truck"], judged: 9, agreed: 3, low: 0.12, high: 0.65, bands: [{ measure: "likelihood", lo: 0.4, hi: 0.5, judged: 9, agreed: 3, low: 0.12, high: 0.65 }] }],
      suggestion: state.judged < 20 ? null : { iou_thresh: 0.86, judged: 41, agreed: 40, low: 0.874, high: 0.996 },
    }),
    check_likelihoods: () => ({
      verdicts: state.verdicts.size,
      calibrated: state.calibrated,
      pairs: state.sample,
      judged: state.sample === 0 ? 0 : 12,
      bands: state.sample === 0 ? [] : [{ lo: 0.3, hi: 0.4, judged: 2, agreed: 1, low: 0.095, high: 0.905 }, { lo: 0.9, hi: 1, judged: 10, agreed: 9, low: 0.541, high: 0.995 }],
    }),
    recalibrate: () => {
      state.calibrated = state.verdicts.size;
      return { summary: null, run: null };
    },
    compare_labels: () => ({ iou: 0.31, ios: 0.62, mask_iou: null, measure: "IoU" as const, likelihood: 0.2, verdict: null }),
  };
  return { state, answers, removed: () => (state.gone ? 0 : removed()), skipped: () => (state.gone ? { count: removed(), reasons: { "is changed or deleted since the scan": removed() } } : { count: 0, reasons: {} }), merged: () => tally().merge };
}
