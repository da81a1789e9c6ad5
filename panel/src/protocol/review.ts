/** The messages of the review: groups in the order in which a person decides on them. */
import { className, decision, group, member, pair, plan, scanKey, skipped, summary } from "./parts";
import { count, flag, listOf, nullable, object, oneOf, optional, real, text, type TypeOf } from "./schema";

export const kind = oneOf("real", "duplicate", "merge", "remove_both");
export const order = oneOf("uncertain", "likeliest", "class_pair", "image", "random", "sample");
/** The smallest and the largest number; both are included. */
const range = nullable(listOf(real));

export const filters = object({
  likelihood: range,
  overlap: range,
  classes: nullable(listOf(className)),
  class_pair: nullable(listOf(className)),
  /** The area of the smallest label in pixels; in cubic units or frames for labels in space or time. */
  size: range,
  tag: nullable(text),
  annotator: nullable(text),
  chains: nullable(flag),
  undecided: flag,
});

/** The settings of the panel of a dataset, for every browser. */
export const settings = object({ iou_thresh: real, ...decision, order });

/** A group is decided if each of its pairs is. */
const entry = { document_id: text, label_ids: listOf(text) };
/** A text that changes whenever the verdicts of other browsers do. */
const others = text;
export const queue = {
  request: object({ ...plan, order, filters, browser: nullable(text) }),
  /** The first `limit` of `total` groups. */
  reply: object({ groups: listOf(object({ ...entry, decided: flag })), total: count, decided: count, limit: count, others }),
};

/** When and by whom a pair was decided; `kept` is the id of the label that is kept. */
const stored = object({ verdict: kind, kept: nullable(text), who: nullable(text), at: text });
/** A verdict with the sample and the classes of its labels. */
export const verdict = object({ label_ids: listOf(text), verdict: kind, kept: nullable(text), who: nullable(text), created_at: text, sample_id: nullable(text), labels: listOf(className) });
const properties = listOf(object({ name: text, value: text }));

export const reviewed = object({
  ...group.fields,
  members: listOf(object({ ...member.fields, properties })),
  pairs: listOf(object({ ...pair.fields, verdict: nullable(stored) })),
  decided: flag,
});
/** Groups that are gone are left out. */
export const groups = {
  /** The groups of a sample are those of another cut. A verdict that `who` gave as others did is theirs in the reply. */
  request: object({ ...plan, order: optional(order), groups: listOf(object(entry)), who: nullable(text), browser: nullable(text) }),
  reply: object({ groups: listOf(reviewed) }),
};

/** The changes of the counts at each threshold, and of the number of labels that verdicts remove. */
const delta = object({ by_verdicts: real, labels: listOf(real), images: listOf(real), classes: listOf(object({ name: className, labels: listOf(real), images: listOf(real) })) });

/** Verdicts on labels of one sample or frame, `document_id`. `seen`: when the verdict that the browser knows was stored; `null` if it knows none. */
export const judge = {
  request: object({
    scan_key: text,
    document_id: optional(text),
    who: nullable(text),
    /** Tells people of one name apart. */
    browser: nullable(text),
    iou_thresh: real,
    ...decision,
    /** Those that `delta.by_verdicts` counts; `null` for all. */
    classes: nullable(listOf(className)),
    /** In which the person was shown the pairs. */
    order: optional(order),
    /** `null` deletes the verdict on a pair. `who`: whose verdict an undo restores, if another person's. */
    verdicts: listOf(object({ label_ids: listOf(text), verdict: nullable(kind), kept: nullable(text), seen: nullable(text), who: optional(nullable(text)) })),
  }),
  reply: object({
    stored: listOf(object({ label_ids: listOf(text), at: nullable(text) })),
    /** The verdicts that other people stored in the meantime. If there are any, nothing was stored. */
    conflicts: listOf(object({ label_ids: listOf(text), verdict: nullable(kind), kept: nullable(text), who: nullable(text), at: nullable(text) })),
    /** Whether one of the labels was deleted. Then nothing was stored. */
    gone: flag,
    delta,
    others,
  }),
};
/** `null` if the scan was not repeated. */
export const settle = { request: object({ scan_key: text }), reply: object({ summary: nullable(summary) }) };

/** With `digest: null`, nothing is stored. */
export const accept = {
  request: object({ ...plan, filters, likelihood: real, who: nullable(text), browser: nullable(text), digest: nullable(text) }),
  reply: object({ pairs: count, labels: count, images: count, stored: count, digest: text }),
};

export const progress = {
  request: object({ scan_key: text, browser: nullable(text) }),
  reply: object({
    people: listOf(object({ who: nullable(text), browser: nullable(text), pairs: count, last: text })),
    verdicts: object({ real: count, duplicate: count, merge: count, remove_both: count }),
    others,
  }),
};

/** The number of pairs in which a person agreed with the plan, with the 95 % interval of the share. */
const agreement = { judged: count, agreed: count, low: real, high: real };
const band = object({ measure: oneOf("iou", "likelihood"), lo: real, hi: real, ...agreement });
export const advice = {
  request: object(plan),
  reply: object({
    judged: count,
    /** Of these, the pairs that were shown in an order by likelihood; they do not stand for others. */
    picked: count,
    bands: listOf(band),
    class_pairs: listOf(object({ classes: listOf(className), ...agreement, bands: listOf(band) })),
    suggestion: nullable(object({ iou_thresh: real, ...agreement })),
  }),
};

/** The number of random pairs that were one object (`agreed` of `judged`), by their stated likelihood. */
export const likelihoods = {
  request: scanKey,
  reply: object({
    /** On how many pairs of the scan people said whether they are one object. */
    verdicts: count,
    /** The number of verdicts that recalibrated the likelihoods. */
    calibrated: count,
    /** The size of the sample, and how many of its pairs are judged. */
    pairs: count,
    judged: count,
    bands: listOf(object({ lo: real, hi: real, ...agreement })),
  }),
};

const selected = object({ label_id: text, sample_id: text, field: text });
export const comparison = {
  request: object({ scan_key: text, labels: listOf(selected) }),
  reply: object({ iou: real, ios: real, mask_iou: nullable(real), measure: oneOf("IoU", "OKS"), likelihood: nullable(real), verdict: nullable(stored) }),
};

/** Verdicts of a file that `export_rows` made. Rows that cannot be stored are left out; the first hundred are named, counted from 1. `total`: all verdicts now. */
export const imported = {
  request: object({ content: text, format: oneOf("csv", "json"), who: nullable(text) }),
  reply: object({ stored: count, unpaired: count, unchanged: count, skipped, rows: listOf(object({ row: count, reason: text })), total: count }),
};

/** A label that is selected in the App. */
export type SelectedLabel = TypeOf<typeof selected>;
export type ReviewGroup = TypeOf<typeof reviewed>;
export type Judged = TypeOf<typeof stored>;
export type Order = TypeOf<typeof order>;
export type Filters = TypeOf<typeof filters>;
export type VerdictKind = TypeOf<typeof kind>;
