// Scans whose pairs are lost.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, at, load, visible } from "../app.mjs";
import { screens } from "./screens.mjs";

test("scans whose pairs are all lost are told in words, with what to do", async () => {
  const lost = ask("runs").map(({ key }) => ask("forget_scan_blocks", key));
  assert.ok(lost.some((count) => count > 0));
  await load();
  await visible("error");
  const told = await at("error").first().innerText();
  assert.match(told, /Nothing was changed/);
  assert.doesNotMatch(told, /Traceback/);
  await screens("error");
});
