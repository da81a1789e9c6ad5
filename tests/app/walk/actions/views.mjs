// What changes the view in the App; the user's own view must come back.
import { at, load, page, reload as loadAgain } from "../../app.mjs";
import { PAGE, until } from "../requests.mjs";
import { log, pick } from "../seed.mjs";
import { isEnabled, number, text, viewShown } from "../shown.mjs";

/** The user's own view, once it is replaced. */
let own = null;

/** Notes the view that is shown as the user's own. */
async function noteOwn() {
  own = await viewShown();
  log(`own view: ${own}`);
}

export async function show() {
  if (!(await isEnabled("show"))) return;
  if (!(await isEnabled("back-to-view"))) await noteOwn();
  const onButton = await text("show");
  await at("show").click();
  await until(() => isEnabled("back-to-view"), "the view");
  if (/\d/.test(onButton)) await until(async () => number(await viewShown()) === number(onButton), `${onButton} in the grid`);
}

export async function patches() {
  if (!(await isEnabled("show"))) return;
  if (!(await isEnabled("back-to-view"))) await noteOwn();
  await at("show-more").click();
  await at(pick(["show-patches", "show-labels", "show-samples"])).first().click({ timeout: 1000 }).catch(() => page.keyboard.press("Escape"));
}

export async function back() {
  if (!(await isEnabled("back-to-view")) || own === null) return;
  await at("back-to-view").click();
  await until(async () => (await viewShown()) === own, `the user's view again: ${own}`);
}

/** Sometimes with a saved view, which is then the user's own. */
export async function reload() {
  // the panel remembers what it shows half a second later
  await page.waitForTimeout(900);
  const view = pick([null, null, "ten"]);
  log(`load ${view}`);
  await (view === null ? loadAgain() : load(`${PAGE}&view=${view}`));
}
