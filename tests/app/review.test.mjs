// Review in the real App: decides by keys, and looks into the database. Each test starts where the one before it ended.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import { ask, at, load, openAnother, page, shoot, testThatNoScriptFailed, useApp } from "./app.mjs";

const SERIOUS = new Set(["serious", "critical"]);

useApp(`${process.env.APP_DATASET}?workspace=panel`);

async function until(condition, what, seconds = 60) {
  const end = Date.now() + 1000 * seconds;
  for (;;) {
    const found = await condition();
    if (found) return found;
    if (Date.now() > end) assert.fail(`waited ${seconds} s for ${what}`);
    await page.waitForTimeout(60);
  }
}

const text = async (cy) => (await at(cy).count()) > 0 && (await at(cy).first().innerText());
const drawn = () => until(async () => (await at("review-picture").count()) > 0, "the picture");
const stored = () => until(async () => !((await text("tally")) || "storing").includes("storing"), "the verdicts to be stored");
const reviewed = async () => Number((await text("review-progress")).split(" ")[0]);

/** Gives a verdict, and waits until the next picture is drawn. */
async function decide(key) {
  const before = await reviewed();
  await page.keyboard.press(key);
  await until(async () => (await reviewed()) === before + 1, `the verdict of ${key}`);
  await drawn();
}

async function openReview() {
  await at("open-review").click();
  await drawn();
}

test("a scan is reviewed by keys; every verdict is in the database, with a name", async () => {
  await at("scan").click();
  await at("sentence").waitFor();
  await openReview();
  await at("name").fill("anna");
  await at("name-save").click();
  await shoot("review");
  const labels = ask("labels");
  for (const key of ["d", "d", "r", "m", "x"]) await decide(key);
  await stored();
  assert.deepEqual(ask("labels"), labels);
  const verdicts = ask("verdicts");
  assert.ok(verdicts.every(({ who }) => who === "anna"));
  for (const kind of ["duplicate", "real", "merge", "remove_both"]) assert.ok(verdicts.some(({ verdict }) => verdict === kind), kind);
});

test("Enter presses the button that has the focus, though the App has a shortcut for it", async () => {
  await at("review").focus();
  const place = Number((await text("review-place")).split(" ")[0]);
  await at("move-previous").focus();
  await page.keyboard.press("Enter");
  await until(async () => Number((await text("review-place")).split(" ")[0]) === place - 1, "the previous group");
  await at("move-help").focus();
  await page.keyboard.press("Enter");
  await at("review-help").waitFor();
  await page.keyboard.press("Enter");
  await at("review-help").waitFor({ state: "hidden" });
  await at("move-next").focus();
  await page.keyboard.press("Enter");
  await until(async () => Number((await text("review-place")).split(" ")[0]) === place, "the next group");
});

test("Escape closes the help, then Review", async () => {
  const place = await text("review-place");
  await at("review").focus();
  for (const key of ["?", "Escape"]) {
    await page.keyboard.press("?");
    await at("review-help").waitFor();
    await page.keyboard.press(key);
    await at("review-help").waitFor({ state: "hidden" });
  }
  assert.equal(await at("review").count(), 1);
  await page.waitForTimeout(1000);
  await page.keyboard.press("Escape");
  await at("review").waitFor({ state: "detached" });
  await openReview();
  assert.equal(await text("review-place"), place);
});

test("the page shows no barrier", async () => {
  const { violations } = await new AxeBuilder({ page }).include('[data-cy="review"]').analyze();
  const barriers = violations.filter(({ impact }) => SERIOUS.has(impact));
  assert.deepEqual(barriers.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`), []);
});

test("in a panel of 340 pixels no button runs over the edge", async () => {
  await page.setViewportSize({ width: 980, height: 900 });
  await page.waitForTimeout(500);
  const panel = await at("duplicates-panel").boundingBox();
  assert.ok(panel.width < 360, `${panel.width} pixels`);
  for (const button of await at("review").getByRole("button").all()) {
    const box = await button.boundingBox();
    if (box !== null) assert.ok(box.x + box.width <= panel.x + panel.width, await button.innerText());
  }
  await shoot("review-narrow");
  await page.setViewportSize({ width: 1400, height: 900 });
});

test("a reload returns to the same place, and the review continues", async () => {
  await page.waitForTimeout(1500);
  const [place, count] = [await text("review-place"), await reviewed()];
  await load();
  await drawn();
  assert.deepEqual([await text("review-place"), await reviewed()], [place, count]);
  await at("review").focus();
  for (const key of ["d", "d", "r", "d", "d"]) await decide(key);
  await stored();
  assert.equal(await reviewed(), count + 5);
});

test("Z takes the last verdict back, in the database too", async () => {
  const [before, count] = [ask("verdicts").length, await reviewed()];
  await page.keyboard.press("z");
  await until(async () => (await reviewed()) === count - 1, "the undo");
  await stored();
  assert.ok(ask("verdicts").length < before);
});

test("two people at once see each other's progress, and nothing that either decided is lost", async () => {
  const other = await openAnother(`${process.env.APP_DATASET}?workspace=panel`);
  const theirs = (cy) => other.locator(`[data-cy="${cy}"]`);
  const theirText = async (cy) => ((await theirs(cy).count()) > 0 ? theirs(cy).first().innerText() : "");
  await theirs("open-review").click();
  await theirs("review-picture").waitFor();
  await theirs("name").fill("ben");
  await theirs("name-save").click();
  await theirs("review").focus();
  assert.equal(await theirText("review-progress"), await text("review-progress"));

  const before = ask("verdicts");
  await at("review").focus();
  const same = await theirText("evidence");
  for (let k = 0; k < 30 && (await text("evidence")) !== same; k++) {
    await page.keyboard.press("u");
    await drawn();
  }
  assert.equal(await text("evidence"), same);
  await other.keyboard.press("r");
  await until(() => ask("verdicts").some(({ who }) => who === "ben"), "the verdict of the other");
  await page.keyboard.press("x");
  await until(async () => /ben decided “both real”/.test((await text("review-notice")) || ""), "the conflict");
  await page.keyboard.press("u");
  await other.keyboard.press("d");
  await until(async () => !/storing/.test(await theirText("tally")), "the other's verdict to be stored");
  await page.keyboard.press("j");
  await page.keyboard.press("u");
  const count = await reviewed();
  await page.keyboard.press("d");
  await until(async () => (await reviewed()) === count + 1, "the own verdict");
  await stored();

  const verdicts = ask("verdicts").slice(before.length);
  assert.ok(verdicts.some(({ who, verdict }) => who === "ben" && verdict === "real"));
  assert.ok(verdicts.some(({ who, verdict }) => who === "ben" && verdict === "duplicate"));
  assert.ok(verdicts.some(({ who }) => who === "anna"));
  assert.ok(verdicts.every(({ verdict }) => verdict !== "remove_both"));
  await at("people").click();
  await until(async () => /ben: \d+ pairs?/.test((await at("person").allInnerTexts()).join()), "the other's progress");
  await page.keyboard.press("Escape");
  await other.context().close();
});

test("O opens the sample, and closing it returns to the same group", async () => {
  const place = await text("review-place");
  await at("review").focus();
  await page.keyboard.press("o");
  await page.locator('[data-cy="modal"]').waitFor();
  await page.waitForTimeout(1000);
  await page.locator('[data-cy="modal"]').click({ position: { x: 5, y: 5 } });
  await page.keyboard.press("Escape");
  await page.locator('[data-cy="modal"]').waitFor({ state: "hidden" });
  assert.equal(await text("review-place"), place);
});

test("Apply deletes exactly what verdicts remove; History can restore it", async () => {
  const verdicts = ask("verdicts");
  const removed = new Set(verdicts.flatMap(({ labels, verdict, kept }) => (verdict === "real" ? [] : labels.filter((label) => verdict === "remove_both" || label !== kept))));
  const before = ask("labels").map(({ id }) => id);
  await until(async () => (await text("review-apply")) === `Apply ${removed.size}…`, "the number of labels");
  await at("review-apply").click();
  await until(async () => (await text("delete-confirm")) === `Delete ${removed.size}`, "the count of the dialog");
  await at("delete-confirm").click();
  await until(() => ask("labels").length === before.length - removed.size, "the deletion");
  const left = new Set(ask("labels").map(({ id }) => id));
  assert.deepEqual(before.filter((id) => !left.has(id)).sort(), [...removed].sort());
});

testThatNoScriptFailed();
