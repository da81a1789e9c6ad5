// A seeded random walk through the panel in the real App. After every click, five facts must hold:
// the sentence is true; a button does what its number says; no object loses every label unasked;
// undo brings back the bytes; the user's view comes back.
// They are compared with the database, by rules that know nothing of the plugin (tests/support/naive.py).
// SEED repeats a walk, CLICKS sets its length, STEPS prints them, SHOTS names a folder for the screen of a failure.
import assert from "node:assert/strict";
import { test } from "node:test";
import { at, dismissToasts, page, testThatNoScriptFailed, useApp } from "./app.mjs";
import { actions, NAMES } from "./walk/actions.mjs";
import { follow, PAGE, plan, settled, until } from "./walk/requests.mjs";
import { log, pick, SEED } from "./walk/seed.mjs";
import { checkSentence, compared } from "./walk/sentence.mjs";
import { isEmpty, isIn, text } from "./walk/shown.mjs";

const CLICKS = Number(process.env.CLICKS ?? 500);

useApp(PAGE);

test(`${CLICKS} random clicks from seed ${SEED}`, async () => {
  follow();
  await until(async () => (await isIn("scan")) || (await isIn("sentence")), "the panel");
  // a walk may go on where another one stopped
  if (!(await isIn("sentence"))) await at("scan").click();
  await settled();
  for (let k = 0; k < CLICKS; k++) {
    // a walk that has deleted every overlap goes back
    const name = (await isEmpty()) ? "restore" : pick(NAMES);
    log(k, name, `${Math.round(performance.now() / 1000)} s`, (await text("sentence")).replaceAll("\n", " ").slice(0, 100));
    try {
      await dismissToasts();
      await actions[name]();
      await settled();
      await checkSentence(name);
      assert.equal(await text("error"), "", "an error is shown");
    } catch (error) {
      await page.waitForTimeout(3000);
      log(`3 s later: ${await text("scan-line")} ${await text("sentence")} ${JSON.stringify(plan)}`);
      error.message = `seed ${SEED}, click ${k} (${name}): ${error.message}`;
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/walk.png` });
      throw error;
    }
  }
  console.log(`compared ${compared.rules} times with the rules alone, ${compared.operator} times with the operator`);
  assert.ok(compared.rules > CLICKS / 4 && compared.operator > CLICKS / 20, "most sentences were not checked");
});

testThatNoScriptFailed();
