// What changes the cut: threshold, method, metric, keep rules, class rule, classes; and the tabs below it.
import assert from "node:assert/strict";
import { ask, at } from "../../app.mjs";
import { choose, openForm } from "../forms.mjs";
import { settled, until } from "../requests.mjs";
import { pick, random } from "../seed.mjs";
import { isEnabled, isIn, text } from "../shown.mjs";

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

/** The rules of class pairs before the newest one was set. */
let rulesBefore = [];

/** A rule of a class pair: its labels may overlap, have their own threshold, or that of the others again. */
export async function classPairs() {
  await at("tab-pairs").click();
  await until(() => isIn("pairs"), "the class pairs");
  const rows = at("class-pair-more");
  const count = await rows.count();
  if (count === 0) return;
  if (!(await isIn("class-pair-rule"))) await rows.nth(Math.floor(random() * Math.min(count, 4))).click();
  const rules = ask("class_pairs");
  await at(`class-pair-rule-${pick(["rest", "overlap", "own"])}`).first().click();
  await settled();
  if (JSON.stringify(ask("class_pairs")) !== JSON.stringify(rules)) rulesBefore = rules;
}

/** Undoes the newest rule of a class pair; no label changes. */
export async function undoRule() {
  if (!(await text("message")).startsWith("From now on, labels of") || !(await isIn("message-action"))) return;
  const digest = ask("digest");
  await at("message-action").click();
  await settled();
  const sorted = (rules) => rules.map((rule) => JSON.stringify(rule)).sort();
  assert.deepEqual(sorted(ask("class_pairs")), sorted(rulesBefore), "Undo did not bring back the rules of class pairs");
  assert.equal(ask("digest"), digest, "a rule of a class pair changed a label");
}

export async function tabs() {
  await at(pick(["tab-groups", "tab-pairs", "tab-classes"])).click();
}
