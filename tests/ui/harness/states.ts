/** Every screen of the panel, by name. */
import { type FakeHost, fakeHost, RUN, UP_TO_DATE } from "../fakeHost";
import { makeSummary } from "../makeSummary";

const LONG = "a class name that goes on and on, longer than any panel is wide, as taxonomies with full paths have them / animal / dog";

export const STATES: Readonly<Record<string, () => FakeHost>> = {
  scan: () => fakeHost(recent({})),
  linear: () => Object.assign(fakeHost(recent({})), { stored: { axis: "linear" } }),
  restricted: () =>
    Object.assign(fakeHost(recent({})), {
      stored: { scan_key: "dups_1", iou_thresh: 0.5, method: "greedy", classes: ["person", "car"] },
      viewActive: true,
      standing: { ...UP_TO_DATE, tagged: 279 },
    }),
  pairs: () => looking("pairs"),
  groups: () => looking("groups"),
  judged: () => Object.assign(looking("groups"), { verdicts: [{ label_ids: ["label-0-0", "label-0-1"], created_at: new Date().toISOString(), sample_id: "sample-0", labels: ["car", "car"] }] }),
  fewest: () => Object.assign(fakeHost(recent({})), { stored: { scan_key: "dups_1", method: "fewest", keep: ["tagged:reviewed", "highest_confidence"] } }),
  ios: () => Object.assign(fakeHost(recent({})), { stored: { scan_key: "dups_1", method: "nms", metric: "ios" } }),
  stale: () => Object.assign(fakeHost(recent({})), { standing: { ...UP_TO_DATE, state: "changed", edited: 12, added: 3, tagged: 16 } }),
  many: () => fakeHost(recent({ labels: 860_507, samples: 118_287, going: 310_000, names: Array.from({ length: 1000 }, (_, i) => `class ${i}`) })),
  million: () => fakeHost(recent({ labels: 860_507, samples: 118_287, going: 310_000, pairs: 1_000_000, names: Array.from({ length: 80 }, (_, i) => `class ${i}`) })),
  long: () => fakeHost(recent({ names: [LONG, `${LONG} 2`, "cat", ""] })),
  one: () => fakeHost(recent({ names: ["person"], labels: 40, samples: 12, going: 6 })),
  nothing: () => fakeHost(recent({ going: 0 })),
  empty: () => fakeHost(recent({ going: 0, labels: 0, names: [] })),
  unscanned: () => fakeHost(null),
  nofield: () => Object.assign(fakeHost(null), { overview: { fields: [] } }),
  scanning: () => running({ done: 3120, total: 5000 }),
  queued: () => running({ state: "queued", background: true, waiting: 14 }),
  failed: () => running({ state: "failed", error: { message: "The field predictions is gone.", consequence: "Nothing was changed.", advice: "Choose another field.", details: "FieldError: expected a label field, got none\n  at labels.read" } }),
  broken: () =>
    Object.assign(fakeHost(null), {
      failures: { open_panel: { message: "The database did not answer.", consequence: "Nothing was changed.", advice: "Is MongoDB running?", details: "ServerSelectionTimeoutError" } },
    }),
  opening: () => fakeHost(recent({}), 3_600_000),
};

export function hostOf(state: string): FakeHost {
  const make = STATES[state];
  if (make === undefined) throw new Error(`expected one of ${Object.keys(STATES).join(", ")}, got ${state}`);
  return make();
}

function recent(wish: Parameters<typeof makeSummary>[0]) {
  return { ...makeSummary(wish), created_at: new Date(Date.now() - 12 * 60_000).toISOString() };
}

function looking(tab: string): FakeHost {
  return Object.assign(fakeHost(recent({})), { stored: { scan_key: "dups_1", look: { tab } } });
}

function running(part: Partial<typeof RUN>): FakeHost {
  const run = { ...RUN, ...part };
  return Object.assign(fakeHost(recent({})), { run, overview: { run } });
}
