// A scan whose labels another program changed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, at, gone, load, until, upToDate, visible } from "../app.mjs";
import { screens } from "./screens.mjs";

test("a scan is out of date when another program moves a label; Rescan is one click", async () => {
  const before = ask("runs").map(({ key }) => key);
  assert.equal(ask("move_label"), 1);
  await load();
  await visible("stale");
  assert.match(await at("stale").innerText(), /1 image was changed/);
  assert.equal(await at("tag").innerText(), "Tag");
  await screens("stale");
  await at("rescan").click();
  // it replaces an earlier scan that the panel made for itself
  await until(() => ask("runs").some(({ key }) => !before.includes(key)), "a new scan");
  await upToDate();
  await gone("stale");
});
