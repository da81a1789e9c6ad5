// What the panel shows, as a person reads it.
import { at, page } from "../app.mjs";

export const number = (text) => Number((/\d[\d,]*/.exec(text ?? "")?.[0] ?? "").replaceAll(",", ""));
export const text = async (cy) => ((await at(cy).count()) > 0 ? at(cy).first().innerText() : "");
export const isIn = async (cy) => (await at(cy).count()) > 0;
/** Whether a scan found nothing to decide on: no overlap, or no label. */
export const isEmpty = async () => (await isIn("nothing-found")) || (await isIn("no-labels"));
export const isEnabled = async (cy) => (await at(cy).count()) > 0 && at(cy).first().isEnabled();
export const isOutOfDate = async () => !(await text("scan-line")).includes("up to date");
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
