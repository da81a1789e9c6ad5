// The journal and the pairs as files.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { at, callOperator, dismissToasts, page } from "../app.mjs";
import { openScan } from "./steps.mjs";

test("the journal and all pairs are taken away as files", async () => {
  await at("history").click();
  const [file] = await Promise.all([page.waitForEvent("download"), at("journal-json").click()]);
  const rows = JSON.parse(readFileSync(await file.path(), "utf8"));
  const deleted = rows.filter((row) => row.operation === "delete");
  assert.ok(deleted.length > 0);
  assert.ok(deleted.every((row) => row.filepath && row.class && row.reason && row.params.scan_key));
  assert.equal(rows.length, callOperator("export_journal").count);
  await dismissToasts();
  await at("export").click();
  const [pairs] = await Promise.all([page.waitForEvent("download"), at("export-pairs-csv").click()]);
  const lines = readFileSync(await pairs.path(), "utf8").trim().split("\r\n");
  const { key } = openScan();
  assert.equal(lines.length - 1, callOperator("list_pairs", { scan_key: key, min_iou: 0, limit: 1 }).count);
  await dismissToasts();
});
