// Pairs of classes, and groups.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, at, callOperator, closed, page, until, upToDate, visible } from "../app.mjs";
import { numbers, openScan } from "./steps.mjs";
import { screens } from "./screens.mjs";

test("pairs of classes are counted as the operator counts them, and open their groups", async () => {
  const { key } = openScan();
  await at("tab-pairs").click();
  await visible("class-pair-row");
  const { by_class_pair: rows } = callOperator("list_class_pairs", { scan_key: key, iou_thresh: 0.75 });
  const counts = (await at("class-pair-count").allInnerTexts()).map(Number);
  assert.deepEqual(counts, rows.map(({ count }) => count).slice(0, counts.length));
  await screens("pairs");
  await at("class-pair-groups").first().click();
  await visible("group");
  await visible("groups-pair");
  const { count } = callOperator("list_groups", { scan_key: key, iou_thresh: 0.75, class_pair: rows[0].classes });
  assert.match(await at("groups-page").innerText(), new RegExp(`of ${count} groups?`));
  await at("groups-pair").click();
});

test("groups show their crops; both are real is remembered, and taken back", async () => {
  const { key } = openScan();
  const all = callOperator("list_groups", { scan_key: key, iou_thresh: 0.75 });
  await until(async () => (await at("groups-page").innerText()).includes(`of ${all.count} groups`), "all groups");
  await page.locator('[data-cy="group-crop"] image').first().waitFor();
  await until(async () => (await at("group").count()) === Math.min(all.count, 12), "a page of groups");
  await screens("groups");
  const labels = ask("labels");
  const told = await numbers();
  await at("group-real").first().click();
  await until(async () => (await at("groups-page").innerText()).includes(`of ${all.count - 1} groups`), "one group fewer");
  await until(async () => (await numbers()).labels === told.labels - 1, "numbers under the verdict");
  await upToDate();
  assert.equal(await at("stale").count(), 0);
  assert.equal(callOperator("list_verdicts").count, 1);
  assert.deepEqual(ask("labels"), labels);
  await at("verdicts").click();
  await visible("verdict");
  await at("forget").click();
  await until(async () => (await at("groups-page").innerText()).includes(`of ${all.count} groups`), "all groups again");
  await until(async () => (await numbers()).labels === told.labels, "the numbers from before");
  await upToDate();
  const entries = page.locator('[data-cy="entry-counts"]').first();
  const inGrid = await entries.innerText();
  await at("group").first().focus();
  await page.keyboard.press("Enter");
  await visible("modal");
  await closed("modal");
  assert.equal(await entries.innerText(), inGrid);
  await at("tab-classes").click();
});
