// Other decisions: the class rule, classes, method, keep rules and metric.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, at, callOperator, gone, page, until, visible } from "../app.mjs";
import { choose, numberOn, numbers, openScan, tagged } from "./steps.mjs";
import { screens } from "./screens.mjs";

test("same class is counted again without a scan, as a scan of the same class counts", async () => {
  const runs = ask("runs").length;
  await at("scan-line").click();
  await at("class-same").click();
  const { key } = ask("runs")[0];
  await until(async () => /same class/.test(await at("scan-line").innerText()), "the class rule");
  const { labels } = await until(async () => (await at("tag").isEnabled()) && numbers(), "the counts");
  await at("tag").click();
  await visible("untag");
  assert.equal(tagged().length, labels);
  await at("message-action").click();
  await gone("untag");
  await at("class-any").click();
  await at("scan-line").click();
  assert.deepEqual([ask("runs").length, ask("runs")[0].key], [runs, key]);
});

test("classes restrict what the buttons do", async () => {
  const all = await numbers();
  await at("class-row").first().click();
  await until(async () => (await at("tag").innerText()) !== `Tag ${all.labels}`, "a restriction");
  const restricted = Number((await at("tag").innerText()).replace(/\D/g, ""));
  await at("tag").click();
  await visible("untag");
  assert.equal(tagged().length, restricted);
  assert.equal(new Set(tagged().map((label) => label.class)).size, 1);
  await at("untag").click();
  await gone("untag");
  await at("class-row").first().click();
});

test("another method, keep rules and IoS are counted at once, and agree with the operator", async () => {
  const { key } = openScan();
  const planned = (decision) => callOperator("delete_duplicates", { scan_key: key, iou_thresh: 0.75, dry_run: true, ...decision });
  const settled = async () => (await at("tag").isEnabled()) && (await numbers()).labels > 0;
  await choose("method", "nms");
  await at("keep").click();
  await choose("keep-add", "tagged");
  await page.getByRole("textbox", { name: "tag" }).fill("reviewed");
  await choose("keep-add", "largest");
  await screens("keep", { inside: '[data-cy="keep-rules"]' });
  await at("keep-apply").click();
  await until(settled, "the counts of nms");
  const decision = { method: "nms", keep: ["tagged:reviewed", "largest"], metric: "iou" };
  const byOperator = planned(decision);
  assert.equal((await numbers()).labels, byOperator.count);
  assert.equal((await numbers()).images, byOperator.samples);
  assert.equal(await numberOn("tag"), byOperator.count);
  await at("details").click();
  await visible("balance");
  await screens("details");
  await at("details").click();
  await at("tag").click();
  await visible("untag");
  assert.deepEqual(new Set(tagged().map(({ id }) => id)), new Set(byOperator.label_ids));
  await at("untag").click();
  await gone("untag");

  await choose("metric", "ios");
  await until(settled, "the counts of IoS");
  assert.equal(await numberOn("tag"), planned({ ...decision, metric: "ios" }).count);
  await at("delete").click();
  await visible("delete-sure");
  assert.ok(await at("delete-confirm").isDisabled());
  await screens("ios", { inside: '[data-cy="delete-dialog"]' });
  await at("delete-cancel").click();
  await gone("delete-dialog");
  await choose("metric", "iou");
  await choose("method", "simple");
  await at("keep").click();
  while (await at("keep-remove").count()) await at("keep-remove").first().click();
  await at("keep-apply").click();
  await until(settled, "FiftyOne's own counts");
});
