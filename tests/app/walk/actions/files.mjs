// What leaves the App: an exported plan, and what would be sent to CVAT.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { ask, at, page } from "../../app.mjs";
import { until } from "../requests.mjs";
import { isEnabled, isIn, isOutOfDate, number, text } from "../shown.mjs";

export async function exportPlan() {
  if (!(await isEnabled("export")) || (await isOutOfDate())) return;
  const shown = number((await text("tag")) || "0");
  await at("export").click();
  const download = page.waitForEvent("download");
  await at("export-plan-csv").click();
  const rows = readFileSync(await (await download).path(), "utf8").trim().split("\n").length - 1;
  assert.equal(rows, shown, "the rows of the exported plan");
}

export async function cvat() {
  const labels = ask("digest");
  await at("cvat").click();
  await until(async () => (await isIn("cvat-none")) || (await isIn("cvat-trip")) || (await isIn("error")), "the round trips");
  if (await isEnabled("cvat-send")) {
    await at("cvat-send").click();
    await until(async () => (await isIn("cvat-setup")) || (await isIn("cvat-upload")) || (await isIn("error")), "what would be sent");
    await at("cvat-send-cancel").click();
    await at("cvat-send-dialog").waitFor({ state: "hidden" });
  } else await page.keyboard.press("Escape");
  await until(async () => !(await isIn("cvat-send")), "the menu to close");
  assert.equal(ask("digest"), labels, "CVAT changed a label");
}
