// The round trips to CVAT.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, at, callOperator, dismissToasts, gone, page, shoot, until, upToDate, visible } from "../app.mjs";
import { addressOf, HOST, openTask, tasks } from "../cvat.mjs";
import { focused, numbers } from "./steps.mjs";
import { screens } from "./screens.mjs";

/** Waits for what a dialog shows; what went wrong instead is said. */
async function answered(cy) {
  const error = at("error").first();
  await until(async () => (await at(cy).count()) > 0 || (await error.count()) > 0, cy, 40);
  if (await error.count()) assert.fail(`${cy}: ${await error.innerText()}`);
}

test("labels go to CVAT, after the panel has said what is uploaded and to where", async () => {
  const before = ask("labels");
  const { labels, images } = await numbers();
  await at("cvat").click();
  await visible("cvat-none");
  assert.equal(await at("cvat-send").innerText(), `Send ${labels} to CVAT…`);
  await at("cvat-send").click();
  await answered("cvat-upload");
  assert.equal(await focused(), "cvat-send-cancel");
  const told = await at("cvat-upload").innerText();
  assert.match(told, new RegExp(`${HOST}[^]*${images}, .* MB[^]*${labels} of them flagged[^]*1 task[^]*not encrypted`));
  assert.deepEqual(await tasks(), []);
  const planted = at("cvat-attribute-planted").locator("input");
  assert.equal(await planted.isChecked(), false);
  await planted.check();
  await until(async () => /With\s*planted/.test(await at("cvat-upload").innerText()), "the upload with an attribute");
  await at("cvat-options").click();
  await at("cvat-segmentSize").fill("5");
  await at("cvat-taskAssignee").fill("ann");
  await screens("cvat-send", { inside: '[data-cy="cvat-send-dialog"]' });
  await at("cvat-send-now").click();
  const show = page.getByRole("button", { name: "Show", exact: true });
  await show.click({ timeout: 60_000 });
  await visible("cvat-trip");
  const [task] = await tasks();
  assert.equal(await at("cvat-link").getAttribute("href"), addressOf(task));
  assert.match(await at("cvat-trip").innerText(), new RegExp(`0 of ${Math.ceil(images / 5)} jobs? done`));
  assert.deepEqual(ask("labels"), before);
  await screens("cvat-trips", { inside: '[role="dialog"][aria-label="CVAT"]' });
});

test("what was edited in CVAT is shown, applied exactly so, and undone", async () => {
  const before = ask("labels");
  const planned = await numbers();
  const { key } = ask("runs").at(-1);
  const duplicates = new Set(callOperator("delete_duplicates", { scan_key: key, iou_thresh: 0.75, dry_run: true }).label_ids);
  const { shapes, labelOf, relabeled, edited, save } = await openTask((await tasks())[0]);
  const gone = shapes.filter((shape) => duplicates.has(labelOf(shape))).slice(0, 2);
  const [moved, other, marked, ...left] = shapes.filter((shape) => !gone.includes(shape));
  const { name, shape } = relabeled(other);
  const drawn = { ...moved, points: [300, 20, 340, 60], attributes: [] };
  await save([{ ...moved, points: [10, 20, 60, 90] }, shape, edited(marked, "planted", "by hand"), ...left, drawn]);

  await at("cvat-load").click();
  await answered("cvat-changes");
  assert.equal(await focused(), "cvat-load-cancel");
  const row = async (kind) => Number.parseInt(await at(`cvat-row-${kind}`).innerText(), 10);
  const table = {};
  for (const kind of ["unchanged", "moved", "relabeled", "attributes", "deleted", "added"]) table[kind] = await row(kind);
  assert.deepEqual(table, { unchanged: shapes.length - 5, moved: 1, relabeled: 1, attributes: 1, deleted: 2, added: 1 });
  await at("cvat-row-relabeled").getByRole("button").click();
  assert.ok((await at("cvat-row-relabeled").innerText()).includes(`→ ${name}`));
  await at("cvat-row-attributes").getByRole("button").click();
  assert.match(await at("cvat-row-attributes").innerText(), /planted: .* → by hand/);
  assert.deepEqual(ask("labels"), before);
  await screens("cvat-load", { inside: '[data-cy="cvat-load-dialog"]' });
  const remain = Number((await at("cvat-duplicates").innerText()).match(/\d+/)?.[0] ?? 0);

  await at("cvat-apply").click();
  const undo = at("message-action");
  await visible("message-action");
  assert.ok(await page.getByText(`Loaded 6 labels in`).count());
  await until(async () => (await numbers()).of === before.length - 1, "the numbers after the load");
  assert.equal((await numbers()).labels, remain);
  const after = new Map(ask("labels").map((label) => [label.id, label]));
  const same = before.filter((label) => JSON.stringify(after.get(label.id)) === JSON.stringify(label));
  assert.equal(same.length, before.length - 5);
  assert.equal(after.get(labelOf(marked)).planted, "by hand");
  assert.equal(after.get(labelOf(other)).class, name);
  for (const shape of gone) assert.ok(!after.has(labelOf(shape)));
  assert.equal(ask("actions").at(-1).operation, "cvat");
  await upToDate();
  await shoot("cvat-toast");

  await undo.click();
  await until(async () => (await numbers()).of === before.length, "the numbers after the undo");
  assert.deepEqual(ask("labels"), before);
  assert.equal((await numbers()).labels, planned.labels);
  await upToDate();
});

test("what is edited here as well is a conflict, and is not changed here", async () => {
  const { shapes, labelOf } = await openTask((await tasks())[0]);
  const edited = labelOf(shapes[0]);
  const { class: name } = ask("labels").find(({ id }) => id === edited);
  assert.equal(ask("set_class", edited, "bus stop"), 1);
  const before = ask("labels");
  await at("cvat").click();
  await at("cvat-load").click();
  await answered("cvat-changes");
  assert.match(await at("cvat-conflicts").innerText(), /^1 label was edited both in CVAT and here/);
  await at("cvat-row-conflicts").getByRole("button").click();
  assert.match(await at("cvat-row-conflicts").innerText(), /in CVAT/);
  await screens("cvat-conflict", { inside: '[data-cy="cvat-load-dialog"]' });
  await at("cvat-load-cancel").click();
  await gone("cvat-load-dialog");
  assert.deepEqual(ask("labels"), before);
  assert.equal(ask("set_class", edited, name), 1);
});

test("a round trip whose server has a new address is moved there", async () => {
  const before = ask("labels");
  assert.equal(ask("set_trip_url", "https://old.cvat.example"), 1);
  await at("cvat").click();
  await visible("cvat-problem");
  assert.equal(await at("cvat-link").getAttribute("href"), `https://old.cvat.example/tasks/${(await tasks())[0].id}`);
  await screens("cvat-lost", { inside: '[role="dialog"][aria-label="CVAT"]' });
  await at("cvat-move").click();
  await visible("cvat-move-dialog");
  assert.equal(await focused(), "cvat-move-cancel");
  assert.match(await at("cvat-move-dialog").innerText(), /Now at old\.cvat\.example/);
  await at("cvat-url").fill("https://another.cvat.example");
  await at("cvat-move-now").click();
  await visible("error");
  assert.match(await at("error").innerText(), /^another\.cvat\.example: expected an account in/);
  await screens("cvat-move", { inside: '[data-cy="cvat-move-dialog"]' });
  await at("cvat-url").fill("");
  await at("cvat-move-now").click();
  await gone("cvat-move-dialog");
  await page.getByText(`The round trip is now at ${HOST}, which has its task. No label was changed.`).waitFor();
  await until(async () => (await at("cvat-link").getAttribute("href")) === addressOf((await tasks())[0]), "the new address");
  assert.equal(await at("cvat-problem").count(), 0);
  assert.match(await at("cvat-trip").innerText(), /0 of \d+ jobs? done/);
  assert.deepEqual(ask("labels"), before);
  await page.keyboard.press("Escape");
  await gone("cvat-trip");
  await dismissToasts();
});

test("a round trip is discarded after a question, in CVAT too", async () => {
  const before = ask("labels");
  await at("cvat").click();
  await at("cvat-discard").click();
  await visible("cvat-discard-dialog");
  assert.equal(await focused(), "cvat-discard-cancel");
  await screens("cvat-discard", { inside: '[data-cy="cvat-discard-dialog"]' });
  await at("cvat-discard-now").click();
  await visible("cvat-none");
  assert.deepEqual(await tasks(), []);
  assert.deepEqual(ask("labels"), before);
  await page.keyboard.press("Escape");
  await gone("cvat-none");
  await dismissToasts();
});
