// A seeded random walk through the panel in the real App. After every click, five facts must hold:
// the sentence is true; a button does what its number says; no object loses every label unasked;
// undo brings back the bytes; the user's view comes back.
// They are compared with the database, by rules that know nothing of the plugin (tests/support/naive.py).
// SEED repeats a walk, CLICKS sets its length, STEPS prints them, SHOTS names a folder for the screen of a failure.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { APP_DATASET, ask, at, callOperator, dismissToasts, load, page, reload, testThatNoScriptFailed, until as waitFor, useApp } from "./app.mjs";
import { cutShown, imagesOf, isEnabled, isOf, number, objectsAt, removedAt, removedByVerdicts, text, viewShown } from "./shown.mjs";

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const CLICKS = Number(process.env.CLICKS ?? 500);
const REVIEW_KEYS = ["d", "d", "d", "r", "s", "m", "x", "k", "z", "z", "j", "p", "u", "e", "f", "b", "1", "2", "3", "Shift+Digit2", "ArrowRight", "ArrowLeft"];
const METHODS = ["simple", "greedy", "nms", "fewest"];
const PAGE = `${APP_DATASET}?workspace=panel`;

useApp(PAGE);

/** Numbers from 0 to 1 that depend on the seed alone. */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const random = seeded(SEED);
/** The five facts are no matter of time: on a busy computer a group may take half a minute to be drawn. */
const until = (condition, what) => waitFor(condition, what, 90);
const log = (...words) => process.env.STEPS && console.log(...words);
const pick = (list) => list[Math.floor(random() * list.length)];
const isIn = async (cy) => (await at(cy).count()) > 0;
const isOutOfDate = async () => !(await text("scan-line")).includes("up to date");
const isTagged = ({ tags }) => tags.includes("duplicate");

/** The plan of the newest request that the panel made with one. */
let plan = null;
/** What undo must bring back: the digests before each change, the newest last. */
const changes = [];
/** The user's own view, once it is replaced. */
let own = null;
/** How many requests of the panel are not answered yet. */
let pending = 0;
/** How often the sentence was compared with the rules alone, and with the operator. */
const compared = { rules: 0, operator: 0 };

function follow() {
  // the estimate and the settings move no number that is checked
  const isOperator = (request) => request.url().includes("/operators/execute") && !/"__method__":"(count_cost|save_settings)"/.test(request.postData() ?? "");
  page.on("request", (request) => {
    if (!isOperator(request)) return;
    pending++;
    const sent = request.postDataJSON()?.params;
    if (sent?.scan_key) plan = { ...plan, ...sent };
  });
  page.on("requestfailed", (request) => {
    if (isOperator(request)) pending--;
  });
  // a verdict replaces the scan, and not every replacement is asked about
  page.on("requestfinished", async (request) => {
    if (!isOperator(request)) return;
    const body = await (await request.response())?.text().catch(() => "");
    const made = /"summary": ?\{[^{}]*?"scan_key": ?"([^"]+)"/.exec(body ?? "")?.[1];
    if (made) plan = { ...plan, scan_key: made };
    pending--;
  });
}

/** Waits until nothing is in progress and every number that the panel will show is there. */
async function settled() {
  await page.waitForTimeout(50);
  // an answer may lead to the next request
  for (let quiet = 0; quiet < 3; quiet = pending <= 0 ? quiet + 1 : 0) {
    await until(() => pending <= 0, "the answers to the panel");
    await page.waitForTimeout(60);
  }
  // the menu is disabled while labels or the view are changed
  await until(async () => (await isEnabled("export")) || (await isIn("nothing-found")), "the end of an action");
  await until(async () => !(await isIn("run")), "the end of a run");
  await until(async () => (await isIn("review")) || /up to date|out of date|new verdicts|deleted|another view/.test(await text("scan-line")), "whether the scan is up to date");
  await until(async () => (await isIn("review")) || (await isIn("nothing-found")) || (await isOutOfDate()) || /nothing would|no label of|, in [\d,]+ image/i.test(await text("sentence")), "the counts");
}

async function choose(cy, value) {
  await at(cy).getByRole("combobox").click();
  await at(value).first().click();
  await at(value).first().waitFor({ state: "hidden" });
}

async function openForm() {
  if (!(await isIn("class-any"))) await at("scan-line").first().click();
  await at("class-any").waitFor();
}

/** Does something that changes labels, and notes what its undo must bring back. */
async function writing(work) {
  const digest = ask("digest");
  await work();
  await settled();
  if (ask("digest") !== digest) changes.push(digest);
}

const tagged = (field) => ask("labels", field).filter(isTagged).map(({ id }) => id);

/** The cut on the screen, and the scan that it is of. */
const cutNow = async () => ({ ...(await cutShown()), scan_key: plan?.scan_key ?? null });

/** Notes the view that is shown as the user's own. */
async function noteOwn() {
  own = await viewShown();
  log(`own view: ${own}`);
}

const steps = {
  async threshold() {
    await at("threshold-field").fill((0.5 + 0.01 * Math.floor(50 * random())).toFixed(2));
    await at("threshold-field").press("Enter");
  },
  async method() {
    if (await at("method").getByRole("combobox").getAttribute("aria-disabled")) return;
    await choose("method", `method-${pick(METHODS)}`);
  },
  async metric() {
    await at("metric").getByRole("combobox").click();
    const [iou, ...others] = ["metric-iou", "metric-ios", "metric-likelihood"];
    const chosen = random() < 0.5 ? iou : pick(others);
    await at((await isIn(chosen)) ? chosen : iou).click();
  },
  async keep() {
    if (!(await isEnabled("keep"))) return;
    await at("keep").click();
    await at("keep-rules").waitFor();
    if (await isIn("keep-remove")) await at("keep-remove").first().click();
    else {
      await at("keep-add").getByRole("combobox").click();
      await at("keep-add-largest").click();
    }
    await at("keep-apply").click();
  },
  async sameClass() {
    await openForm();
    await at(pick(["class-any", "class-same"])).click();
    if (await isIn("back-to-scan")) await at("back-to-scan").click();
    await at("scan-line").first().click();
  },
  async classes() {
    await at("tab-classes").click();
    const rows = at("class-row");
    const count = await rows.count();
    if (count > 0) await rows.nth(Math.floor(random() * Math.min(count, 4))).click();
  },
  async tabs() {
    await at(pick(["tab-groups", "tab-pairs", "tab-classes"])).click();
  },
  /** Another field, or a comparison with it: nothing can be done until it is scanned, or dropped. */
  async draft() {
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
    // of a view, the rules would need its samples
    await choose("target", "target-dataset");
    const digest = ask("digest");
    await at("scan").click();
    await until(async () => !(await isIn("draft")), "the scan");
    await settled();
    assert.equal(ask("digest"), digest, "a scan changed a sample");
  },
  async scans() {
    if (!(await isIn("scans"))) return;
    await at("scans").first().click();
    await at("open-scan").first().waitFor();
    await at("open-scan").nth(Math.floor(random() * (await at("open-scan").count()))).click();
    await until(async () => !(await isIn("open-scan")), "the list to close");
  },
  async rescan() {
    if ((await isIn("rescan")) && (await isEnabled("rescan"))) await at("rescan").click();
  },
  async tag() {
    if (!(await isEnabled("tag"))) return;
    const onButton = await text("tag");
    const cut = await cutNow();
    const [earlier, known] = [new Set(tagged(cut.field)), removedAt(cut)];
    await writing(() => at("tag").click());
    const now = tagged(cut.field);
    // out of date, it promises no number
    if (!/\d/.test(onButton)) return;
    const byHand = number(/([\d,]+) tagged by hand/.exec(await text("message"))?.[1]);
    assert.equal(now.length, number(onButton) + byHand, `${onButton} tagged ${now.length}`);
    if (known === null) return;
    const wanted = new Set(known.map(({ id }) => id));
    assert.deepEqual([...wanted].filter((id) => !now.includes(id)), [], "labels of the plan without the tag");
    assert.deepEqual(now.filter((id) => !wanted.has(id) && !earlier.has(id)), [], "labels that got a tag and are not of the plan");
  },
  async untag() {
    if (!(await isEnabled("untag"))) return;
    const { field } = await cutNow();
    assert.equal(tagged(field).length, number(await text("untag")), "the number on Untag");
    await writing(() => at("untag").click());
    assert.deepEqual(tagged(field), []);
  },
  async show() {
    if (!(await isEnabled("show"))) return;
    if (!(await isEnabled("back-to-view"))) await noteOwn();
    const onButton = await text("show");
    await at("show").click();
    await until(() => isEnabled("back-to-view"), "the view");
    if (/\d/.test(onButton)) await until(async () => number(await viewShown()) === number(onButton), `${onButton} in the grid`);
  },
  async patches() {
    if (!(await isEnabled("show"))) return;
    if (!(await isEnabled("back-to-view"))) await noteOwn();
    await at("show-more").click();
    await at(pick(["show-patches", "show-labels", "show-samples"])).first().click({ timeout: 1000 }).catch(() => page.keyboard.press("Escape"));
  },
  async back() {
    if (!(await isEnabled("back-to-view")) || own === null) return;
    await at("back-to-view").click();
    await until(async () => (await viewShown()) === own, `the user's view again: ${own}`);
  },
  async remove() {
    if (await isEnabled("delete")) await confirmed("delete", await cutNow());
  },
  async undo() {
    if ((await text("message-action")) === "Undo") await undone(() => at("message-action").click(), "Undo");
  },
  async restore() {
    if (changes.length === 0 || !(await isEnabled("history"))) return;
    await at("history").click();
    await at("history-entry").first().waitFor();
    // it lists the newest actions, all of which may be undone already
    if (!(await isIn("restore"))) return page.keyboard.press("Escape");
    await undone(() => at("restore").first().click(), "History");
  },
  async review() {
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
  },
  async exportPlan() {
    if (!(await isEnabled("export")) || (await isOutOfDate())) return;
    const shown = number((await text("tag")) || "0");
    await at("export").click();
    const download = page.waitForEvent("download");
    await at("export-plan-csv").click();
    const rows = readFileSync(await (await download).path(), "utf8").trim().split("\n").length - 1;
    assert.equal(rows, shown, "the rows of the exported plan");
  },
  async cvat() {
    const labels = ask("digest");
    await at("cvat").click();
    await until(async () => (await isIn("cvat-none")) || (await isIn("cvat-trip")) || (await isIn("error")), "the round trips");
    if (await isEnabled("cvat-send")) {
      await at("cvat-send").click();
      await until(async () => (await isIn("cvat-setup")) || (await isIn("cvat-upload")) || (await isIn("error")), "what would be sent");
      await at("cvat-send-cancel").click();
      await at("cvat-send-dialog").waitFor({ state: "hidden" });
    } else await page.keyboard.press("Escape");
    await until(async () => !(await isIn("cvat-send")), "the menu to close");
    assert.equal(ask("digest"), labels, "CVAT changed a label");
  },
  /** Sometimes with a saved view, which is then the user's own. */
  async reload() {
    // the panel remembers what it shows half a second later
    await page.waitForTimeout(900);
    const view = pick([null, null, "ten"]);
    log(`load ${view}`);
    await (view === null ? reload() : load(`${PAGE}&view=${view}`));
  },
};

const WEIGHTS = { threshold: 6, method: 3, metric: 2, keep: 1, sameClass: 2, classes: 3, tabs: 2, draft: 2, scans: 1, rescan: 2, tag: 4, untag: 2, show: 3, patches: 1, back: 5, remove: 4, undo: 5, restore: 3, review: 4, exportPlan: 1, cvat: 1, reload: 1 };
const NAMES = Object.entries(WEIGHTS).flatMap(([name, weight]) => Array(weight).fill(name));

/** Undoes the newest change: every byte is as it was before. */
async function undone(click, by) {
  const digest = changes.pop();
  await click();
  await settled();
  if (digest !== undefined) assert.equal(ask("digest"), digest, `${by} did not bring back the bytes`);
}

/** Opens the dialog of a button, and mostly confirms it: then exactly these labels are deleted, and no object is emptied without consent. */
async function confirmed(cy, cut) {
  const onButton = number(await text(cy));
  const known = removedAt(cut);
  await at(cy).click();
  await at("delete-dialog").waitFor();
  await until(async () => /^Delete \d/.test(await text("delete-confirm")), "the count of the dialog");
  const count = number(await text("delete-confirm"));
  if (onButton > 0) assert.equal(count, onButton, "the button and its dialog differ");
  // that IoS is noisy is no reason to empty an object
  if ((await isIn("delete-sure")) && random() < 0.5) await at("delete-sure").click();
  if (random() < 0.3 || !(await isEnabled("delete-confirm"))) {
    // labels of an object that would be emptied need a consent, which this walk never gives
    await at("delete-cancel").click();
    return at("delete-dialog").waitFor({ state: "hidden" });
  }
  const byTag = (await isIn("delete-tagged")) && (await at("delete-tagged").isChecked());
  const before = ask("labels", cut.field).map(({ id }) => id);
  const byVerdicts = removedByVerdicts();
  const objects = cut.other === null && cut.metric !== "Likelihood" ? objectsAt(cut) : [];
  const wanted = byTag ? tagged(cut.field) : cy === "delete" ? known?.map(({ id }) => id) : cut.classes !== null || cut.other !== null || !cut.isCurrent ? undefined : before.filter((id) => byVerdicts.has(id));
  await writing(async () => {
    await at("delete-confirm").click();
    await until(() => ask("labels", cut.field).length !== before.length, "the deletion");
  });
  const left = new Set(ask("labels", cut.field).map(({ id }) => id));
  const deleted = before.filter((id) => !left.has(id));
  assert.equal(deleted.length, count, `Delete ${count} deleted ${deleted.length}`);
  if (wanted !== undefined) assert.deepEqual([...deleted].sort(), [...wanted].sort(), "other labels were deleted than those of the cut");
  const emptied = objects.filter((ids) => ids.every((id) => !left.has(id)) && !ids.every((id) => byVerdicts.has(id)));
  assert.deepEqual(emptied, [], "objects lost every label unasked");
}

/** The sentence, the cut, and what the rules make of it, of one moment: a late answer may change them in between. */
async function shownAtOnce() {
  for (;;) {
    const said = await text("sentence");
    const cut = await cutNow();
    const known = removedAt(cut);
    if ((await text("sentence")) === said && said !== "") return [said, cut, known];
    await settled();
  }
}

/** The sentence says what the rules alone make of the labels, and what an operator, called from Python, would delete. */
async function checkSentence(step) {
  if ((await isIn("review")) || (await isIn("nothing-found")) || (await isIn("of-scan")) || (await isOutOfDate())) return;
  const [said, cut, known] = await shownAtOnce();
  const removed = /nothing would|no label of/i.test(said) ? 0 : number(/[\d,]+(?=\s+of [\d,]+ label)/.exec(said)?.[0]);
  const images = number(/in ([\d,]+) image/.exec(said)?.[1]);
  const where = `${step}: the sentence says “${said}” at ${JSON.stringify(cut)}`;
  if (known !== null) {
    compared.rules++;
    assert.equal(removed, known.length, `${where}, the rules remove ${known.length} labels`);
    if (known.length > 0) assert.equal(images, imagesOf(known), where);
  }
  const all = ask("labels", cut.field);
  if (removed > 0 && cut.classes !== undefined) assert.equal(number(/of ([\d,]+) label/.exec(said)?.[1]), all.filter(isOf(cut.classes)).length, where);
  // asking FiftyOne takes longer than the click; an operator takes the class rule of the scan alone
  if (cut.classes === null && !cut.classwise && (known === null || compared.rules % 4 === 1)) {
    const { scan_key, method = "simple", keep = [], metric = "iou", classwise = false } = plan;
    const asked = { scan_key, iou_thresh: cut.threshold, method, keep, metric, classwise, dry_run: true };
    const { count } = callOperator("delete_duplicates", asked);
    compared.operator++;
    assert.equal(removed, count, `${where}, the operator removes ${count} labels`);
  }
  await checkButtons(step, removed, all.filter(isTagged).length);
}

/** No number on a button is another one than that of what it acts on. */
async function checkButtons(step, removed, tags) {
  const expected = { tag: removed, untag: tags, delete: tags > 0 ? tags : removed };
  for (const [cy, count] of Object.entries(expected)) {
    const said = await text(cy);
    if (/\d/.test(said)) assert.equal(number(said), count, `${step}: the button says “${said}”`);
  }
}

test(`${CLICKS} random clicks from seed ${SEED}`, async () => {
  follow();
  await until(async () => (await isIn("scan")) || (await isIn("sentence")), "the panel");
  // a walk may go on where another one stopped
  if (!(await isIn("sentence"))) await at("scan").click();
  await settled();
  for (let k = 0; k < CLICKS; k++) {
    // a walk that has deleted every overlap goes back
    const name = (await isIn("nothing-found")) ? "restore" : pick(NAMES);
    log(k, name, `${Math.round(performance.now() / 1000)} s`, (await text("sentence")).replaceAll("\n", " ").slice(0, 100));
    try {
      await dismissToasts();
      await steps[name]();
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
