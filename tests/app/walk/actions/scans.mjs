// What makes and opens scans.
import assert from "node:assert/strict";
import { ask, at, load, page } from "../../app.mjs";
import { choose, openForm } from "../forms.mjs";
import { PAGE, settled, until } from "../requests.mjs";
import { log, pick, random } from "../seed.mjs";
import { isEmpty, isEnabled, isIn, text } from "../shown.mjs";

/** Another field, or a comparison with it: nothing can be done until it is scanned, or dropped. */
export async function draft() {
  if (random() < 0.25) {
    await page.waitForTimeout(900);
    await load(`${PAGE}&view=ten`);
    await settled();
    if (await isEmpty()) return;
  }
  await openForm();
  const cy = pick(["field", "other-field"]);
  await at(cy).getByRole("combobox").click();
  await page.locator(`[role="option"]`).nth(Math.floor(2 * random())).click();
  if (await isIn("draft")) {
    for (const button of ["tag", "show", "delete", "open-review"]) {
      assert.equal(await isEnabled(button), false, `${button} of a draft`);
      assert.doesNotMatch(await text(button), /\d/, `a number of a draft on ${button}`);
    }
  }
  if ((await isIn("back-to-scan")) && random() < 0.4) {
    await at("back-to-scan").click();
    return at("scan-line").first().click();
  }
  // a saved view is of the first samples, which the rules know
  const isSaved = new URL(page.url()).searchParams.has("view");
  const target = isSaved && random() < 0.8 ? "target-view" : "target-dataset";
  log(target);
  await choose("target", target);
  const digest = ask("digest");
  await at("scan").click();
  await until(async () => !(await isIn("draft")), "the scan");
  await settled();
  assert.equal(ask("digest"), digest, "a scan changed a sample");
}

export async function scans() {
  if (!(await isIn("scans"))) return;
  await at("scans").first().click();
  await at("open-scan").first().waitFor();
  await at("open-scan").nth(Math.floor(random() * (await at("open-scan").count()))).click();
  await until(async () => !(await isIn("open-scan")), "the list to close");
}

export async function rescan() {
  if ((await isIn("rescan")) && (await isEnabled("rescan"))) await at("rescan").click();
}
