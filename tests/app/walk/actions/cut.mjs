// What changes the cut: threshold, method, metric, keep rules, class rule, classes; and the tabs below it.
import { at } from "../../app.mjs";
import { choose, openForm } from "../forms.mjs";
import { pick, random } from "../seed.mjs";
import { isEnabled, isIn } from "../shown.mjs";

const METHODS = ["simple", "greedy", "nms", "fewest"];

export async function threshold() {
  await at("threshold-field").fill((0.5 + 0.01 * Math.floor(50 * random())).toFixed(2));
  await at("threshold-field").press("Enter");
}

export async function method() {
  if (await at("method").getByRole("combobox").getAttribute("aria-disabled")) return;
  await choose("method", `method-${pick(METHODS)}`);
}

export async function metric() {
  await at("metric").getByRole("combobox").click();
  const [iou, ...others] = ["metric-iou", "metric-ios", "metric-likelihood"];
  const chosen = random() < 0.5 ? iou : pick(others);
  await at((await isIn(chosen)) ? chosen : iou).click();
}

export async function keep() {
  if (!(await isEnabled("keep"))) return;
  await at("keep").click();
  await at("keep-rules").waitFor();
  if (await isIn("keep-remove")) await at("keep-remove").first().click();
  else {
    await at("keep-add").getByRole("combobox").click();
    await at("keep-add-largest").click();
  }
  await at("keep-apply").click();
}

export async function sameClass() {
  await openForm();
  await at(pick(["class-any", "class-same"])).click();
  if (await isIn("back-to-scan")) await at("back-to-scan").click();
  await at("scan-line").first().click();
}

export async function classes() {
  await at("tab-classes").click();
  const rows = at("class-row");
  const count = await rows.count();
  if (count > 0) await rows.nth(Math.floor(random() * Math.min(count, 4))).click();
}

export async function tabs() {
  await at(pick(["tab-groups", "tab-pairs", "tab-classes"])).click();
}
