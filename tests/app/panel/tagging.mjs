// Tags, a page load, and the view of the plan.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, at, gone, load, page, planView, shoot, until, upToDate, visible } from "../app.mjs";
import { numbers, setThreshold, tagged } from "./steps.mjs";
import { screens } from "./screens.mjs";

test("tagging tags exactly what the sentence says; Undo at the bottom takes it back", async () => {
  const { labels, images } = await numbers();
  await at("tag").click();
  const undo = at("message-action");
  await visible("message-action");
  await visible("untag");
  const found = tagged();
  assert.equal(found.length, labels);
  assert.equal(new Set(found.map(({ sample }) => sample)).size, images);
  await upToDate();
  await shoot("message");
  await undo.click();
  await gone("untag");
  assert.deepEqual(tagged(), []);
  assert.deepEqual(ask("actions"), [{ operation: "tag", state: "restored" }]);
});

test("the panel comes back as it was after a page load", async () => {
  await at("tag").click();
  await visible("untag");
  await setThreshold("0.85");
  const before = await numbers();
  await page.waitForTimeout(1500);
  await load();
  await visible("sentence");
  assert.deepEqual(await numbers(), before);
  assert.equal(await at("threshold-field").inputValue(), "0.85");
  await visible("untag");
  assert.equal(await at("untag").innerText(), `Untag ${tagged().length}`);
});

test("untagging takes the tag off all of them", async () => {
  await at("untag").click();
  await gone("untag");
  assert.deepEqual(tagged(), []);
  await setThreshold("0.75");
});

test("Show puts the images, or patches, into the grid; Back to your view takes them out", async () => {
  const { labels, images } = await numbers();
  const entries = async () => page.locator('[data-cy="entry-counts"]').first().innerText();
  const before = await entries();
  await at("show").click();
  await until(async () => (await entries()).startsWith(`${images} `), `${images} images in the grid`);
  await planView(true);
  await at("show-more").click();
  await at("show-patches").click();
  await until(async () => /patch/.test(await entries()), "patches in the grid");
  assert.ok(Number.parseInt(await entries(), 10) >= labels);
  assert.equal(await at("stale").count(), 0);
  await screens("patches");
  await at("back-to-view").click();
  await until(async () => (await entries()) === before, "the whole dataset in the grid");
  await planView(false);
});
