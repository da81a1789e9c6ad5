// What the panel shows, as a person reads it, and what the database makes of it.
import { ask, at, page } from "./app.mjs";

export const number = (text) => Number((/\d[\d,]*/.exec(text ?? "")?.[0] ?? "").replaceAll(",", ""));
export const text = async (cy) => ((await at(cy).count()) > 0 ? at(cy).first().innerText() : "");
export const isEnabled = async (cy) => (await at(cy).count()) > 0 && at(cy).first().isEnabled();
const chosen = async (cy) => (await at(cy).getByRole("combobox").first().innerText()).split(" · ")[0].trim();

/** The view in the App: how many entries its grid has, and the name of the saved view. */
export async function viewShown() {
  const entries = await page.locator('[data-cy="entry-counts"]').first().innerText();
  return `${entries} ${new URL(page.url()).searchParams.get("view") ?? ""}`;
}

/** The cut on the screen: fields, class rule, classes, threshold, and which labels are removed. */
export async function cutShown() {
  const parts = (await text("scan-line")).split(" · ").map((part) => part.trim());
  const [field, other = null] = parts[0].split(" against ");
  const keep = (await at("keep").first().innerText()).trim();
  return {
    field,
    other,
    classes: classesOf(await text("sentence")),
    isCurrent: parts.includes("up to date"),
    classwise: parts.includes("same class"),
    threshold: Number(await at("threshold-field").inputValue()),
    method: await chosen("method"),
    metric: await chosen("metric"),
    keep: keep.includes("order") ? "" : keep,
  };
}

/** The labels that the sentence is about: `null` for all classes, else the names that it gives; `undefined` if it gives none. */
export function classesOf(said) {
  const whose = /[\d,]+ of [\d,]+ labels? of (.+?) would be removed/.exec(said)?.[1] ?? /no label of (.+?) would be removed/i.exec(said)?.[1];
  if (whose === undefined) return null;
  return /^\d+ classes$/.test(whose) ? undefined : whose.split(" and ");
}

export const isOf = (classes) => (label) => classes === null || classes.includes(label.class);

/** What the database says that a cut removes, by the rules alone; `null` where they are not known there. */
export function removedAt(cut) {
  const found = cut.classes === undefined || !cut.isCurrent ? null : ask("planned", cut);
  return found === null ? null : found.filter(isOf(cut.classes));
}

export const imagesOf = (labels) => new Set(labels.map(({ sample }) => sample)).size;

/** Labels of one image that overlap above the threshold, connected; pairs of two real objects connect nothing. */
export function objectsAt({ field, threshold, classwise, metric }) {
  const overlap = metric === "IoS" ? iosOf : iouOf;
  const real = new Set(ask("verdicts").filter(({ verdict }) => verdict === "real").map(({ labels }) => [...labels].sort().join()));
  const connect = (a, b) => overlap(a.box, b.box) > threshold && (!classwise || a.class === b.class) && !real.has([a.id, b.id].sort().join());
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

/** The labels that verdicts remove. */
export function removedByVerdicts() {
  const ends = ask("verdicts").map(({ labels, verdict, kept }) => (verdict === "real" ? [] : labels.filter((id) => verdict === "remove_both" || id !== kept)));
  return new Set(ends.flat());
}
