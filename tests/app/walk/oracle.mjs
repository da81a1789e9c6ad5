// What the database makes of a cut, by rules that know nothing of the plugin (tests/support/naive.py).
import { ask } from "../app.mjs";

export const isOf = (classes) => (label) => classes === null || classes.includes(label.class);

/** The labels that a cut removes by the database and the rules alone; `null` where they are not known there. */
export function removedAt(cut) {
  const found = cut.classes === undefined || !cut.isCurrent ? null : ask("planned", cut);
  return found === null ? null : found.filter(isOf(cut.classes));
}

export const imagesOf = (labels) => new Set(labels.map(({ sample }) => sample)).size;

/** Labels of one image that overlap above the threshold, or that of their classes, connected; pairs of two real objects connect nothing. */
export function objectsAt({ field, threshold, classwise, metric }) {
  const overlap = metric === "IoS" ? iosOf : iouOf;
  const real = new Set(ask("verdicts").filter(({ verdict }) => verdict === "real").map(({ labels }) => [...labels].sort().join()));
  const rules = ask("class_pairs");
  const isOfBoth = (a, b) => ({ classes: [c, d] }) => (a.class === c && b.class === d) || (a.class === d && b.class === c);
  const limit = (a, b) => rules.find(isOfBoth(a, b))?.above ?? threshold;
  const connect = (a, b) => overlap(a.box, b.box) > limit(a, b) && (!classwise || a.class === b.class) && !real.has([a.id, b.id].sort().join());
  const groups = [];
  const labels = ask("labels", field);
  for (const image of new Set(labels.map(({ sample }) => sample))) {
    const inImage = labels.filter(({ sample }) => sample === image);
    const open = new Set(inImage);
    for (const first of inImage) {
      if (!open.delete(first)) continue;
      const group = [first];
      for (const one of group) for (const other of open) if (connect(one, other)) (group.push(other), open.delete(other));
      if (group.length > 1) groups.push(group.map(({ id }) => id));
    }
  }
  return groups;
}

const sharedBy = ([ax, ay, aw, ah], [bx, by, bw, bh]) => Math.max(0, Math.min(ax + aw, bx + bw) - Math.max(ax, bx)) * Math.max(0, Math.min(ay + ah, by + bh) - Math.max(ay, by));
const iosOf = (a, b) => sharedBy(a, b) / Math.min(a[2] * a[3], b[2] * b[3]);

function iouOf(a, b) {
  const shared = sharedBy(a, b);
  return shared / (a[2] * a[3] + b[2] * b[3] - shared);
}

/** The labels that verdicts remove: they hold at every threshold. */
export const removedByVerdicts = (cut) => new Set(ask("removed_by_verdicts", cut));

export const isTagged = ({ tags }) => tags.includes("duplicate");
export const tagged = ({ field, scan_key }) => ask("labels", field, scan_key).filter(isTagged).map(({ id }) => id);
