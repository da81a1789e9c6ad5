// A run in the background.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, at, gone, load, page, startWorker, until, upToDate, visible } from "../app.mjs";
import { screens } from "./screens.mjs";

/** The form is folded while a scan is shown. */
async function scanInBackground() {
  if (!(await at("scan-more").count())) await at("scan-line").click();
  await at("scan-more").click();
  await at("scan-background").click();
}

test("a run in the background waits for a worker, says how to start one, and is done by it", async () => {
  const before = ask("runs").length;
  // unchanged data would not be scanned again
  assert.equal(ask("remove_sample", ask("labels")[0].sample), 1);
  await load();
  await scanInBackground();
  await visible("run");
  assert.deepEqual(ask("delegated"), ["queued"]);
  await visible("no-worker");
  assert.match(await at("no-worker").innerText(), /fiftyone delegated launch/);
  await screens("queued");
  await at("cancel-run").click();
  await until(() => ask("delegated")[0] === "failed", "the run to be taken back");
  await page.getByText("The scan was canceled").waitFor();

  await scanInBackground();
  await until(() => ask("delegated").length === 2, "a run in the queue");
  await load();
  await visible("run");
  const end = startWorker();
  try {
    await until(() => ask("runs").length === before + 1, "the worker's scan", 180);
    await gone("run");
    await upToDate();
  } finally {
    end();
  }
  assert.equal(ask("delegated")[1], "completed");
});
