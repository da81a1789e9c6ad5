// What several parts do with the panel, and read in it.
import { ask, at, page } from "../app.mjs";

const NUMBERS = /(\d+) of (\d+) labels would be removed, in (\d+) images?/;

/** The numbers of the sentence: labels that would be removed, all labels, and images. */
export async function numbers() {
  const told = await at("sentence").innerText();
  if (/nothing would be removed/i.test(told)) return { labels: 0, of: null, images: 0 };
  const [, labels, of, images] = (told.match(NUMBERS) ?? []).map(Number);
  return { labels, of, images };
}

export const tagged = () => ask("labels").filter(({ tags }) => tags.includes("duplicate"));

/** The scan from before the deletion: undoing that opened it again. */
export const openScan = () => ask("runs")[0];

export async function setThreshold(value) {
  await at("threshold-field").fill(value);
  await at("threshold-field").press("Enter");
}

export async function choose(cy, value) {
  await at(cy).getByRole("combobox").click();
  await at(`${cy}-${value}`).click();
}

export const numberOn = async (cy) => Number((await at(cy).innerText()).replace(/\D/g, ""));

export const focused = () => page.evaluate(() => document.activeElement?.getAttribute("data-cy"));
