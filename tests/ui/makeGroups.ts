/** Groups, class pairs and plans as the server would return them. */
import type { ClassPair, Group, Picture } from "../../panel/src/protocol/messages";

export const GROUPS = 30;

const CLASSES = ["car", "truck", "person", "bus"];

/** In a scan against another field, the kept labels are of that field. */
export function makeGroups(size = GROUPS, otherField: string | null = null): Group[] {
  return Array.from({ length: size }, (_, k) => makeGroup(k, size !== GROUPS ? 2 : k % 7 === 3 ? 5 : k === 4 ? 80 : 2, otherField ?? "ground_truth"));
}

function makeGroup(k: number, size: number, keptField: string): Group {
  const chain = size > 2;
  const listed = Math.min(size, 50);
  const id = (i: number) => `label-${k}-${i}`;
  const first = CLASSES[k % 4] ?? "car";
  const second = CLASSES[(k + (k % 3)) % 4] ?? "car";
  return {
    sample_id: `sample-${k}`,
    document_id: `sample-${k}`,
    frame_number: null,
    filepath: `/images/street_${String(k).padStart(4, "0")}.jpg`,
    kind: chain ? "chain" : "clique",
    size,
    likelihood: Math.max(0.01, Math.round(100 * (0.99 - k / 40)) / 100),
    members: Array.from({ length: listed }, (_, i) => ({
      label_id: id(i),
      label: i % 2 === 0 ? first : second,
      confidence: k % 2 === 0 ? 0.9 - i / 100 : null,
      is_kept: i === 0,
      partner_id: i === 0 ? null : id(0),
      field: i === 0 ? keptField : "ground_truth",
      reason: i === 0 ? null : { rule: "highest_confidence", text: "confidence 0.93 > 0.71", names_kept: true },
    })),
    n_pairs: size - 1,
    pairs: Array.from({ length: listed - 1 }, (_, i) => ({ label_ids: [id(0), id(i + 1)], iou: 0.91, ios: 0.97, mask_iou: null, likelihood: 0.97, share: 0.25, why: "same left and top edge · car and truck are confused here 25 % of the time · large labels often overlap here" })),
  };
}

const PICTURE =
  "data:image/svg+xml," +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" width="360" height="300"><rect width="360" height="300" fill="#7d8fa0"/><rect y="170" width="360" height="130" fill="#4c4f52"/><rect x="90" y="95" width="200" height="120" rx="16" fill="#a33"/></svg>',
  );

export function makePicture(labelIds: readonly string[]): Picture {
  const box = (i: number) => `M${90 + 12 * i} ${95 + 6 * i}h180v120h-180Z`;
  const shapes = labelIds.map((label_id, i) => ({ label_id, outline: box(i), dots: "", filled: false }));
  return { source: PICTURE, width: 360, height: 300, image_height: 300, note: null, guides: "", texts: [], shapes, separate: false };
}

const SEEN: readonly [string | null, string | null, number, number][] = [
  ["person", "person", 3917, 0.001],
  ["car", "car", 514, 0.004],
  ["car", "truck", 155, 0.25],
  ["chair", "couch", 85, 0.39],
  ["bowl", "cup", 55, 0.28],
  ["backpack", "handbag", 49, 0.5],
  ["cup", "wine glass", 40, 0.2],
  ["bus", "truck", 31, 0.3],
  ["person", "bicycle", 900, 0.002],
  ["person", null, 12, 0.1],
  ["dining table", "bowl", 220, 0.01],
  ["book", "book", 330, 0.05],
];

/** Falling curves, from the given number of overlaps at 0.05 to none at 1. */
export function makeClassPairs(): ClassPair[] {
  return SEEN.map(([a, b, n, share]) => ({
    classes: [a, b],
    counts: Array.from({ length: 96 }, (_, i) => Math.round(n * (share + (1 - share) * (1 - i / 96) ** 3))).filter((count) => count > 0),
    share,
    may_overlap: false,
    iou_thresh: null,
  }));
}

export const DETAILS = {
  tags: [
    { name: "(no tag)", labels: 230 },
    { name: "vendor_b", labels: 112 },
  ],
  top_images: [{ sample_id: "s1", filepath: "/images/street_0007.jpg", count: 9 }],
  reasons: [
    { kind: "the kept label comes first in the list", labels: 300, example: { rule: "list_order", text: "comes first in the list", names_kept: true }, label: "person" },
    { kind: "the kept label has the higher confidence", labels: 42, example: { rule: "highest_confidence", text: "confidence 0.93 > 0.71", names_kept: true }, label: "truck" },
  ],
  label_changes: [],
  balance: [
    { class: "person", before: 10777, after: 10625, share_before: 0.293, share_after: 0.2916 },
    { class: "truck", before: 414, after: 369, share_before: 0.0113, share_after: 0.0101 },
  ],
};
