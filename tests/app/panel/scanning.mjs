// A first scan, and the threshold.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, at, page, until, upToDate, visible } from "../app.mjs";
import { numbers, setThreshold } from "./steps.mjs";
import { screens } from "./screens.mjs";

test("a dataset that was never scanned says so", async () => {
  await visible("scan");
  assert.equal(await at("sentence").count(), 0);
  assert.deepEqual(ask("runs"), []);
  await screens("unscanned");
});

test("a scan stores what it found and writes no label", async () => {
  const labels = ask("labels");
  await at("scan").click();
  await visible("sentence");
  await upToDate();
  const [run] = ask("runs");
  assert.equal(run.labels, labels.length);
  assert.equal(run.scope, "dataset");
  assert.deepEqual(ask("labels"), labels);
  assert.equal((await numbers()).of, labels.length);
  await screens("scan");
});

test("dragging on the histogram moves every number and asks the server nothing", async () => {
  const before = await numbers();
  const box = await at("histogram").boundingBox();
  let requests = 0;
  const count = (request) => {
    const isLookForScans = request.postData()?.includes("list_scans");
    if (request.url().includes("/operators/execute") && !isLookForScans) requests++;
  };
  await page.mouse.move(box.x + box.width * 0.74, box.y + 40);
  await page.mouse.down();
  page.on("request", count);
  const seen = new Set();
  for (let k = 74; k > 8; k -= 2) {
    await page.mouse.move(box.x + (box.width * k) / 100, box.y + 40);
    seen.add(await at("sentence").innerText());
  }
  page.off("request", count);
  await page.mouse.up();
  assert.equal(requests, 0);
  assert.ok(seen.size > 5, `only ${seen.size} different sentences`);
  assert.ok((await numbers()).labels > before.labels);
});

test("the number field takes three decimals and refuses nonsense", async () => {
  await setThreshold("0.815");
  await until(async () => (await numbers()).images > 0, "the server's count");
  const { labels } = await numbers();
  assert.ok(labels > 0);
  await setThreshold("many");
  assert.equal((await numbers()).labels, labels);
  await setThreshold("0.75");
});
