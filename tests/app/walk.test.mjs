// A seeded random walk through the panel in the real App. After every click, five facts must hold:
// the sentence is true; a button does what its number says; no object loses every label unasked;
// undo brings back the bytes; the user's view comes back.
// SEED repeats a walk, CLICKS sets its length.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, at, callOperator, dismissToasts, load, page, testThatNoScriptFailed, until as within, useApp } from "./app.mjs";

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const CLICKS = Number(process.env.CLICKS ?? 500);
const REVIEW_KEYS = ["d", "d", "d", "r", "s", "m", "x", "k", "z", "j", "p", "u"];
const METHODS = ["simple", "greedy", "nms", "fewest"];

useApp(`${process.env.APP_DATASET}?workspace=panel`);

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
const until = (condition, what) => within(condition, what, 90);
const pick = (list) => list[Math.floor(random() * list.length)];
const number = (text) => Number((/\d[\d,]*/.exec(text ?? "")?.[0] ?? "").replaceAll(",", ""));
const text = async (cy) => ((await at(cy).count()) > 0 ? at(cy).first().innerText() : "");
const isEnabled = async (cy) => (await at(cy).count()) > 0 && at(cy).first().isEnabled();
const entries = () => page.locator('[data-cy="entry-counts"]').first().innerText();

/** The plan of the newest request that the panel made with one. */
let plan = null;
/** What undo must bring back: the digest of the labels before the last change. */
let before = null;
/** How many entries the user's own view has. */
let own = null;

function follow() {
  page.on("request", (request) => {
    const sent = request.url().includes("/operators/execute") ? request.postDataJSON()?.params : null;
    if (sent?.scan_key) plan = { ...plan, ...sent };
  });
  // a verdict replaces the scan, and not every replacement is asked about
  page.on("response", async (response) => {
    if (!response.url().includes("/operators/execute")) return;
    const body = await response.text().catch(() => "");
    const made = /"summary": ?\{[^{}]*?"scan_key": ?"([^"]+)"/.exec(body)?.[1];
    if (made) plan = { ...plan, scan_key: made };
  });
}

async function settled() {
  await page.waitForTimeout(50);
  // the menu is disabled while labels or the view are changed
  await until(() => isEnabled("export"), "the end of an action");
  await until(async () => (await at("run").count()) === 0, "the end of a run");
  await until(async () => (await at("review").count()) > 0 || /removed/.test(await text("sentence")), "the counts");
}

const steps = {
  async threshold() {
    await at("threshold-field").fill((0.5 + 0.01 * Math.floor(48 * random())).toFixed(2));
    await at("threshold-field").press("Enter");
  },
  async method() {
    const method = pick(METHODS);
    await at("method").getByRole("combobox").click();
    await at(`method-${method}`).click();
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
  async tag() {
    const expected = number(await text("tag"));
    if (!(await isEnabled("tag"))) return;
    before = { digest: ask("digest"), action: "tag" };
    await at("tag").click();
    await settled();
    const byHand = number(/([\d,]+) (?:label|of them)[^.]*by hand/.exec(await text("message"))?.[1]);
    const tagged = ask("labels").filter(({ tags }) => tags.includes("duplicate")).length;
    assert.equal(tagged, expected + byHand, `Tag ${expected} tagged ${tagged}`);
  },
  async untag() {
    if (!(await isEnabled("untag"))) return;
    const expected = number(await text("untag"));
    before = { digest: ask("digest"), action: "untag" };
    assert.equal(ask("labels").filter(({ tags }) => tags.includes("duplicate")).length, expected);
    await at("untag").click();
    await settled();
    assert.equal(ask("labels").filter(({ tags }) => tags.includes("duplicate")).length, 0);
  },
  async show() {
    if (!(await isEnabled("show"))) return;
    if (!(await isEnabled("back-to-view"))) own = await entries();
    const images = number(await text("show"));
    await at("show").click();
    await until(() => isEnabled("back-to-view"), "the view");
    await until(async () => number(await entries()) === images, `${images} images in the grid`);
  },
  async patches() {
    if (!(await isEnabled("show"))) return;
    if (!(await isEnabled("back-to-view"))) own = await entries();
    await at("show-more").click();
    await at("show-patches").click();
    await until(() => isEnabled("back-to-view"), "the view");
  },
  async back() {
    if (!(await isEnabled("back-to-view")) || own === null) return;
    await at("back-to-view").click();
    await until(async () => (await entries()) === own, `the user's view again: ${own}`);
  },
  async remove() {
    if (await isEnabled("delete")) await confirmed("delete");
  },
  async undo() {
    if ((await text("message-action")) !== "Undo" || before === null) return;
    const { digest } = before;
    before = null;
    await at("message-action").click();
    await settled();
    assert.equal(ask("digest"), digest, "undo did not bring back the bytes");
  },
  async restore() {
    if (before === null || !(await isEnabled("history"))) return;
    const { digest } = before;
    before = null;
    await at("history").click();
    await at("history-entry").first().waitFor();
    await at("restore").first().click();
    await settled();
    assert.equal(ask("digest"), digest, "History did not bring back the bytes");
  },
  async review() {
    if (!(await isEnabled("open-review"))) return;
    await at("open-review").click();
    await until(async () => (await at("evidence").count()) + (await at("review-nothing").count()) > 0, "a group");
    if (await at("name-skip").count()) await at("name-skip").click();
    await at("review").focus();
    const labels = ask("digest");
    for (let k = 0; k < 4; k++) {
      await page.keyboard.press(pick(REVIEW_KEYS));
      await page.waitForTimeout(80);
    }
    await until(async () => !/storing/.test(await text("tally")), "the verdicts");
    assert.equal(ask("digest"), labels, "a verdict changed a label");
    if (random() < 0.3 && (await isEnabled("review-apply")) && number(await text("review-apply")) > 0) await confirmed("review-apply");
    await at("review-back").click();
    before = null;
  },
  async reload() {
    await page.waitForTimeout(900);
    await load();
  },
};

const WEIGHTS = { threshold: 6, method: 3, classes: 3, tabs: 2, tag: 4, untag: 2, show: 3, patches: 1, back: 5, remove: 4, undo: 5, restore: 3, review: 3, reload: 1 };
const NAMES = Object.entries(WEIGHTS).flatMap(([name, weight]) => Array(weight).fill(name));

/** Opens the dialog of a button, and mostly confirms it: then exactly as many labels are deleted, and no object is emptied without consent. */
async function confirmed(cy) {
  const onButton = number(await text(cy));
  await at(cy).click();
  await at("delete-dialog").waitFor();
  await until(async () => /^Delete \d/.test(await text("delete-confirm")), "the count of the dialog");
  const count = number(await text("delete-confirm"));
  if (onButton > 0) assert.equal(count, onButton, "the button and its dialog differ");
  if (random() < 0.3 || !(await isEnabled("delete-confirm"))) {
    // labels of an object that would be emptied need a consent, which this walk never gives
    await at("delete-cancel").click();
    await at("delete-dialog").waitFor({ state: "hidden" });
    return;
  }
  const objects = groupsOf(ask("labels"), plan.iou_thresh, plan.classwise);
  const wanted = removedByVerdicts();
  before = { digest: ask("digest"), action: "delete" };
  const labels = ask("labels").length;
  await at("delete-confirm").click();
  await until(() => ask("labels").length !== labels, "the deletion");
  await settled();
  const left = new Set(ask("labels").map(({ id }) => id));
  assert.equal(labels - left.size, count, `Delete ${count} deleted ${labels - left.size}`);
  const emptied = objects.filter((ids) => ids.every((id) => !left.has(id)) && !ids.every((id) => wanted.has(id)));
  assert.deepEqual(emptied, [], "objects lost every label unasked");
}

/** The labels that verdicts remove. */
function removedByVerdicts() {
  const ends = ask("verdicts").map(({ labels, verdict, kept }) => (verdict === "real" ? [] : labels.filter((id) => verdict === "remove_both" || id !== kept)));
  return new Set(ends.flat());
}

/** Labels of one image that overlap above a threshold, connected. */
function groupsOf(labels, threshold, classwise) {
  const groups = [];
  for (const image of new Set(labels.map(({ sample }) => sample))) {
    const inImage = labels.filter(({ sample }) => sample === image);
    const open = new Set(inImage);
    for (const first of inImage) {
      if (!open.delete(first)) continue;
      const group = [first];
      for (const one of group) for (const other of open) {
          if (iouOf(one.box, other.box) > threshold && (!classwise || one.class === other.class)) (group.push(other), open.delete(other));
        }
      if (group.length > 1) groups.push(group.map(({ id }) => id));
    }
  }
  return groups;
}

function iouOf([ax, ay, aw, ah], [bx, by, bw, bh]) {
  const shared = Math.max(0, Math.min(ax + aw, bx + bw) - Math.max(ax, bx)) * Math.max(0, Math.min(ay + ah, by + bh) - Math.max(ay, by));
  return shared / (aw * ah + bw * bh - shared);
}

/** The sentence says what an operator, called from Python, would delete. */
async function checkSentence(step) {
  const up = async () => (await text("scan-line")).includes("up to date") && (await at("of-scan").count()) === 0;
  if (!(await up()) || (await at("review").count()) > 0) return;
  const said = await text("sentence");
  if (!/removed/.test(said) || plan === null) return; // it counts again
  const { scan_key, method = "simple", keep = [], metric = "iou", classwise = false } = plan;
  if (isRestricted(said)) return;
  const iou_thresh = Number(await at("threshold-field").inputValue());
  const { count, samples } = callOperator("delete_duplicates", { scan_key, iou_thresh, method, keep, metric, classwise, dry_run: true });
  const removed = /nothing would be removed/i.test(said) ? 0 : number(/[\d,]+(?=\s+of [\d,]+ label)/.exec(said)?.[0]);
  assert.equal(removed, count, `${step}: the sentence says “${said}”, the plan has ${count} labels`);
  if (count > 0) assert.equal(number(/in ([\d,]+) image/.exec(said)?.[1]), samples, `${step}: ${said}`);
  const onTag = await text("tag");
  if (/\d/.test(onTag)) assert.equal(number(onTag), count, `${step}: the button says “${onTag}”`);
}

/** Whether a sentence is about the labels of some classes. */
function isRestricted(said) {
  return / of (\d+ classes|(?!\d)[^,]+) would be removed/.test(said.replace(/of [\d,]+ labels?/, ""));
}

test(`${CLICKS} random clicks from seed ${SEED}`, async () => {
  follow();
  await until(async () => (await at("scan").count()) + (await at("sentence").count()) > 0, "the panel");
  // a walk may go on where another one stopped
  if ((await at("sentence").count()) === 0) await at("scan").click();
  await settled();
  for (let k = 0; k < CLICKS; k++) {
    const name = pick(NAMES);
    if (process.env.STEPS) console.log(k, name, (await text("sentence")).replaceAll("\n", " "));
    try {
      await dismissToasts();
      await steps[name]();
      await settled();
      await checkSentence(name);
    } catch (error) {
      error.message = `seed ${SEED}, click ${k} (${name}): ${error.message}`;
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/walk.png` });
      throw error;
    }
    assert.equal(await at("error").count(), 0, `seed ${SEED}, click ${k} (${name}): ${await text("error")}`);
  }
});

testThatNoScriptFailed();
