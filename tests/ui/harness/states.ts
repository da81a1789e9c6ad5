/** All screens of the panel, by name. */
import { fakeHost, type FakeHost, RUN, UP_TO_DATE } from "../fakeHost";
import { makeSummary } from "../makeSummary";

const LONG = "a class name that goes on and on, longer than any panel is wide, as taxonomies with full paths have them / animal / dog";

export const STATES: Readonly<Record<string, () => FakeHost>> = {
  scan: () => fakeHost(recent({})),
  linear: () => Object.assign(fakeHost(recent({})), { remembered: { axis: "linear" } }),
  restricted: () =>
    Object.assign(fakeHost(recent({})), {
      remembered: { scan_key: "dups_1", iou_thresh: 0.5, method: "greedy", classes: ["person", "car"] },
      planView: true,
      freshness: { ...UP_TO_DATE, tagged: 279 },
    }),
  pairs: () => looking("pairs"),
  groups: () => looking("groups"),
  review: () => reviewing({}),
  exploded: () => reviewing({ drawing: { filled: true, exploded: true, beside: false } }),
  beside: () => reviewing({ drawing: { filled: false, exploded: false, beside: true } }),
  chain: () => reviewing({ at: [0, 1, 2, 3, 4].map((i) => `label-3-${i}`) }),
  long_review: () => reviewing({}, fakeHost(recent({}), 40, 260)),
  unnamed: () => Object.assign(reviewing({}), { kept: new Map() }),
  judged: () => Object.assign(looking("groups"), { verdicts: [{ label_ids: ["label-0-0", "label-0-1"], created_at: new Date().toISOString(), sample_id: "sample-0", labels: ["car", "car"] }] }),
  fewest: () => Object.assign(fakeHost(recent({})), { remembered: { scan_key: "dups_1", method: "fewest", keep: ["tagged:reviewed", "highest_confidence"] } }),
  ios: () => Object.assign(fakeHost(recent({})), { remembered: { scan_key: "dups_1", method: "nms", metric: "ios" } }),
  likelihood: () => Object.assign(fakeHost(recent({})), { remembered: { scan_key: "dups_1", metric: "likelihood" } }),
  stale: () => Object.assign(fakeHost(recent({})), { freshness: { ...UP_TO_DATE, state: "changed", edited: 12, added: 3, tagged: 16 } }),
  many: () => fakeHost(recent({ labels: 860_507, samples: 118_287, removed: 310_000, names: Array.from({ length: 1000 }, (_, i) => `class ${i}`) })),
  million: () => fakeHost(recent({ labels: 860_507, samples: 118_287, removed: 310_000, pairs: 1_000_000, names: Array.from({ length: 80 }, (_, i) => `class ${i}`) })),
  long: () => fakeHost(recent({ names: [LONG, `${LONG} 2`, "cat", ""] })),
  one: () => fakeHost(recent({ names: ["person"], labels: 40, samples: 12, removed: 6 })),
  nothing: () => fakeHost(recent({ removed: 0 })),
  empty: () => fakeHost(recent({ removed: 0, labels: 0, names: [] })),
  unscanned: () => fakeHost(null),
  nofield: () => Object.assign(fakeHost(null), { overview: { fields: [] } }),
  scanning: () => running({ done: 3120, total: 5000 }),
  queued: () => running({ state: "queued", background: true, waiting: 14 }),
  failed: () => running({ state: "failed", error: { message: "The field predictions is gone.", consequence: "Nothing was changed.", advice: "Choose another field.", details: "FieldError: expected a label field, got none\n  at labels.read" } }),
  broken: () =>
    Object.assign(fakeHost(null), {
      failures: { open_panel: { message: "The database did not answer.", consequence: "Nothing was changed.", advice: "Is MongoDB running?", details: "ServerSelectionTimeoutError" } },
    }),
  cvat: () => inCvat({}),
  uploading: () => inCvat({ done: 120, total: 300 }),
  unconfigured: () => {
    const host = inCvat({});
    host.cvat.status = { ...host.cvat.status, configured: false, host: null, encrypted: null, problem: "Expected FIFTYONE_CVAT_USERNAME, or FiftyOne's annotation config, got none (FIFTYONE_CVAT_USERNAME)" };
    return host;
  },
  nourl: () => {
    const host = inCvat({});
    host.cvat.status = { ...host.cvat.status, configured: false, needs_url: true, host: null, encrypted: null };
    return host;
  },
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
  return Object.assign(fakeHost(recent({})), { remembered: { scan_key: "dups_1", look: { tab } } });
}

function reviewing(place: object, host = fakeHost(recent({}))): FakeHost {
  return Object.assign(host, { remembered: { scan_key: "dups_1", review: { open: true, order: "likeliest", ...place } } });
}

function running(part: Partial<typeof RUN>): FakeHost {
  const run = { ...RUN, ...part };
  return Object.assign(fakeHost(recent({})), { run, overview: { run } });
}

/** Round trips in every state, and a load with every kind of edit. */
function inCvat(run: Partial<typeof RUN>): FakeHost {
  const host = Object.assign(fakeHost(recent({})), { freshness: { ...UP_TO_DATE, tagged: 16 }, run: Object.keys(run).length > 0 ? { ...RUN, ...run } : null });
  const [trip] = host.cvat.trips;
  if (trip === undefined) throw new Error("the example has no trip");
  const links = (n: number) => Array.from({ length: n }, (_, k) => `http://cvat.example.org:8080/tasks/${157 + k}`);
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  host.cvat.trips = [
    { ...trip, anno_key: "duplicates_cvat_3", trip_id: "3", state: "sending", links: [], jobs: null, loads: [], created_at: ago(0), images: 298, labels: 4120, flagged: 342 },
    { ...trip, anno_key: "duplicates_cvat_2", trip_id: "2", links: links(9), jobs: { done: 7, total: 41 }, loads: [], created_at: ago(200), images: 4100, labels: 30112, flagged: 2042 },
    { ...trip, state: "loaded", created_at: ago(5000) },
    { ...trip, anno_key: "duplicates_cvat_0", trip_id: "0", state: "failed", links: [], jobs: null, loads: [], created_at: ago(9000), problem: "It was not sent whole; discard it to remove what is left of it" },
  ];
  const change = (kind: (typeof host.cvat.preview.changes)[number]["kind"], was: string | null, now: string | null, edits: (typeof host.cvat.preview.changes)[number]["edits"] = []) => ({ kind, was, now, edits, sample_id: "s", label_id: "l" });
  const color = { name: "color", was: "red", now: LONG, here: "green" };
  host.cvat.preview = {
    ...host.cvat.preview,
    counts: { expected: 4120, unchanged: 3790, moved: 61, relabeled: 204, attributes: 17, deleted: 58, gone_here: 0, added: 12, conflicts: 3, refused: 1, still_duplicate: 31 },
    to_apply: 330,
    jobs: { done: 3, total: 4 },
    changes: [change("relabeled", "car", "truck"), change("relabeled", "car", "truck"), change("relabeled", LONG, "dog"), change("deleted", "person", null), change("added", null, "person"), change("moved", "chair", "chair"), change("conflict", "car", "truck"), change("conflict", "bowl", null), change("conflict", "bowl", "bowl", [color]), change("attributes edited", "bowl", "bowl", [color]), change("refused", "bowl", "bowl", [{ ...color, name: "size", was: "", now: "abc" }])],
  };
  host.cvat.upload = { ...host.cvat.upload, images: 298, labels: 4120, flagged: 342, megabytes: 48.31, encrypted: false, attributes: ["color"], left: { count: 312, reasons: { "has no class": 300, "is in an image that is not there": 12 } }, values_left: { color: 2 } };
  return host;
}
