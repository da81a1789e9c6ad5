// A scan of selected samples, and the list of scans.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, at, page, until, upToDate, visible } from "../app.mjs";
import { numbers } from "./steps.mjs";
import { screens } from "./screens.mjs";

test("samples that are selected in the grid can be scanned alone", async () => {
  for (const k of [0, 1]) {
    const image = page.locator('[data-cy="looker"]').nth(k);
    await image.hover();
    await page.waitForTimeout(200);
    await image.click({ position: { x: 12, y: 12 } });
  }
  await at("scan-line").click();
  await at("target").getByRole("combobox").click();
  await page.getByRole("option", { name: /^Selected samples · 2 / }).click();
  await at("scan").click();
  await until(() => ask("runs").length === 2, "a second scan");
  const run = ask("runs")[1];
  assert.deepEqual([run.scope, run.samples], ["selection", 2]);
  await until(async () => (await at("scan-line").innerText()).includes("selected samples"), "the new scan");
  await page.locator('[data-cy="looker"]').nth(0).click({ position: { x: 12, y: 12 } });
  await page.locator('[data-cy="looker"]').nth(1).click({ position: { x: 12, y: 12 } });
});

test("stored scans can be renamed, opened again and deleted", async () => {
  const [first, second] = ask("runs");
  await at("scans").click();
  await at("rename-scan").nth(1).click();
  await page.getByLabel("Title of the scan").fill("All of it");
  await page.keyboard.press("Enter");
  await until(() => ask("runs")[0].title === "All of it", "the new title");
  await screens("scans", { inside: '[role="dialog"]' });
  await at("delete-scan").nth(0).click();
  await at("delete-scan-now").click();
  await until(() => ask("runs").length === 1, "one scan fewer");
  await until(async () => (await at("open-scan").count()) === 1, "its row to go");
  assert.equal(ask("runs")[0].key, first.key);
  assert.ok(second.blocks > 0);
  await at("open-scan").first().click();
  await visible("sentence");
  assert.equal((await numbers()).of, first.labels);
  await upToDate();
});
