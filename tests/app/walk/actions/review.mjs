// A sitting of the review: some keys, and sometimes what its verdicts remove.
import assert from "node:assert/strict";
import { ask, at, page } from "../../app.mjs";
import { confirmed } from "../changes.mjs";
import { cutNow, until } from "../requests.mjs";
import { pick, random } from "../seed.mjs";
import { isEnabled, isIn, number, text } from "../shown.mjs";

const REVIEW_KEYS = ["d", "d", "d", "r", "s", "m", "x", "k", "z", "z", "j", "p", "u", "e", "f", "b", "1", "2", "3", "Shift+Digit2", "ArrowRight", "ArrowLeft"];

export async function review() {
  if (!(await isEnabled("open-review"))) return;
  const cut = await cutNow();
  await at("open-review").click();
  await until(async () => (await isIn("evidence")) || (await isIn("review-nothing")), "a group");
  if (await isIn("name-skip")) await at("name-skip").click();
  await at("review").focus();
  const labels = ask("digest");
  for (let k = 0; k < 4; k++) {
    await page.keyboard.press(pick(REVIEW_KEYS));
    await page.waitForTimeout(80);
  }
  await until(async () => !/storing/.test(await text("tally")), "the verdicts");
  assert.equal(ask("digest"), labels, "a verdict changed a label");
  if (random() < 0.3 && (await isEnabled("review-apply")) && number(await text("review-apply")) > 0) await confirmed("review-apply", cut);
  await at("review-back").click();
}
