// The report.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { at, page } from "../app.mjs";
import { numbers } from "./steps.mjs";

test("the report holds all it shows", async () => {
  await at("export").click();
  const [download] = await Promise.all([page.waitForEvent("download"), at("export-html").click()]);
  const html = readFileSync(await download.path(), "utf8");
  const { labels } = await numbers();
  assert.equal(html.match(/<figure>/g).length, Math.min(labels, 100));
  assert.ok(!/(src|href)="(?!data:)/.test(html), "it loads something");
  assert.ok(html.length < 2_000_000);
});
