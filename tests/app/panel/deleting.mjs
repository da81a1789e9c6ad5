// A deletion and its undo.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, at, gone, page, until, upToDate } from "../app.mjs";
import { numbers } from "./steps.mjs";
import { screens } from "./screens.mjs";

test("Delete says what is removed, removes exactly that, and the panel's numbers follow", async () => {
  const before = ask("labels");
  const { labels } = await numbers();
  await at("delete").click();
  await page.getByText(`Delete ${labels} labels in`).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("data-cy")), "delete-cancel");
  await screens("delete", { inside: '[data-cy="delete-dialog"]' });
  await at("delete-cancel").click();
  await gone("delete-dialog");
  assert.deepEqual(ask("labels"), before);

  await at("delete").click();
  await at("delete-confirm").click();
  await until(async () => (await numbers()).labels === 0, "numbers after the deletion");
  const left = ask("labels");
  assert.equal(left.length, before.length - labels);
  const ids = new Set(before.map(({ id }) => id));
  assert.ok(left.every(({ id }) => ids.has(id)));
  assert.equal(ask("actions").at(-1).operation, "delete");
  await upToDate();
  await until(async () => (await at("scans").innerText()) === `Scans (${ask("runs").length})`, "the new scan in the list");
  await screens("deleted");

  await at("history").click();
  await screens("history", { inside: '[role="dialog"]' });
  await at("restore").first().click();
  await until(async () => (await numbers()).labels === labels, "numbers after the undo");
  assert.deepEqual(ask("labels"), before);
  assert.equal(ask("actions").at(-1).state, "restored");
  await upToDate();
});
