/** Seeded summaries as a scan would store them: curves fall, and classes add up. */
import type { Curve, Summary } from "../../panel/src/protocol/messages";

export interface Wish {
  readonly labels?: number;
  readonly samples?: number;
  readonly names?: readonly (string | null)[];
  /** The number of labels to remove at the lowest threshold. */
  readonly removed?: number;
  readonly pairs?: number;
  readonly seed?: number;
}

export const THRESHOLDS = [...Array.from({ length: 95 }, (_, i) => Math.round(5 + i) / 100), 0.999, 1];

const NAMES = ["person", "truck", "car", "chair", "book", "dining table", "bottle", "cup", "kite", "traffic light", "boat", null];

/** A summary with the counts of `greedy`. */
export type Whole = Summary & { readonly curves: { readonly greedy: Curve } };

export function makeSummary(wish: Wish = {}): Whole {
  const { labels = 36_781, samples = 5_000, names = NAMES, removed = 9_400, pairs = 31_000, seed = 7 } = wish;
  const random = generator(seed);
  const weights = names.map((_, i) => 1 / (i + 1) ** 1.1);
  const sum = weights.reduce((a, b) => a + b, 0);
  const classes = names.map((name, i) => {
    const part = (weights[i] ?? 0) / sum;
    const simple = fallingCurve(Math.round(removed * part), 2.6 + random());
    return { name, labels: Math.max(Math.round(labels * part), simple[0] ?? 0), simple: curve(simple), greedy: curve(simple.map((n) => n - Math.floor(n / 14))) };
  });
  const total = (method: "simple" | "greedy") => {
    const all = THRESHOLDS.map((_, i) => classes.reduce((s, entry) => s + (entry[method].labels[i] ?? 0), 0));
    return { labels: all, images: all.map((n) => Math.min(samples, Math.round(n * 0.87))) };
  };
  return {
    scan_key: "dups_1",
    unit: "image",
    title: "ground_truth, whole dataset",
    created_at: "2026-11-22T10:00:00Z",
    kind: "boxes",
    measure: "IoU",
    compared: [],
    unmarked: null,
    params: { label_field: "ground_truth", other_field: null, classwise: false, compare: null, keypoint_sigmas: null, unmarked_as_missing: false, iou_thresh: 0.75, method: "simple", keep: [], metric: "iou" },
    scope: { kind: "dataset", samples, slices: null },
    labels: Math.max(labels, classes.reduce((s, entry) => s + entry.labels, 0)),
    samples,
    skipped: { count: 0, reasons: {} },
    thresholds: THRESHOLDS,
    histogram: histogram(labels, removed, random),
    curves: { simple: total("simple"), greedy: total("greedy") },
    classes,
    n_pairs: pairs,
    truncated: 0,
  };
}

function fallingCurve(first: number, steep: number): number[] {
  return THRESHOLDS.map((t) => (t === 1 ? 0 : Math.round(first * (0.985 * (1 - (t - 0.05) / 0.95) ** steep + 0.015))));
}

function curve(labels: number[]) {
  return { labels, images: labels.map((n) => Math.round(n * 0.9)) };
}

function histogram(labels: number, removed: number, random: () => number) {
  const edges = Array.from({ length: 101 }, (_, i) => i / 100);
  const counts = edges.slice(1).map((to) => Math.round(removed * 0.1 * (1 - to) ** 2.1 * (0.85 + 0.3 * random())));
  for (const bin of [93, 95, 97, 98, 99]) counts[bin] = (counts[bin] ?? 0) + Math.round(removed * 0.004 * random());
  const zero = Math.max(0, labels - counts.reduce((a, b) => a + b, 0) - 40);
  counts[0] = (counts[0] ?? 0) + zero;
  return { edges, counts, zero, none: 40 };
}

/** Park and Miller's generator, which gives every run the same numbers. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
