// The panel in the real App, end to end. Each test starts where the one before it ended.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import { addressOf, HOST, openTask, tasks } from "./cvat.mjs";
import {
  ask,
  at,
  callOperator,
  dismissToasts,
  closed, gone,
  isSaving,
  load,
  page,
  planView,
  setTheme,
  shoot,
  startWorker,
  testThatNoScriptFailed,
  until,
  upToDate,
  useApp,
  visible,
} from "./app.mjs";

const WIDTHS = { narrow: 960, middle: 1400, wide: 3120 };
const SERIOUS = new Set(["serious", "critical"]);
const NUMBERS = /(\d+) of (\d+) labels would be removed, in (\d+) images?/;

useApp();

/** What the sentence says: labels that would be removed, of how many, in how many images. */
async function numbers() {
  const told = await at("sentence").innerText();
  if (/nothing would be removed/i.test(told)) return { labels: 0, of: null, images: 0 };
  const [, labels, of, images] = (told.match(NUMBERS) ?? []).map(Number);
  return { labels, of, images };
}

const tagged = () => ask("labels").filter(({ tags }) => tags.includes("duplicate"));

async function setThreshold(value) {
  await at("threshold-field").fill(value);
  await at("threshold-field").press("Enter");
}

const PANEL = '[data-cy="duplicates-panel"]';
/** What a theme can break: it changes nothing but colors. */
const OF_COLORS = ["color-contrast"];

/**
 * Looks for barriers in both themes; saves the screen at three widths if asked to.
 *
 * It leaves the App in the other theme, as a change of theme is slow.
 */
async function screens(name, { inside = PANEL } = {}) {
  await dismissToasts();
  const isDark = (await page.locator('button[title="Light mode"]').count()) > 0;
  const [theme, other] = isDark ? ["dark", "light"] : ["light", "dark"];
  await inspect(`${name}-${theme}`, axe(inside));
  await setTheme(isDark ? "Light mode" : "Dark mode");
  await inspect(`${name}-${other}`, axe(inside).withRules(OF_COLORS));
}

/** Axe in the page itself: the panel has no frames, whose results another page would join. */
const axe = (inside) => new AxeBuilder({ page }).include(inside).setLegacyMode();

async function inspect(name, rules) {
  if (isSaving) await save(name);
  const { violations } = await rules.analyze();
  const barriers = violations.filter(({ impact }) => SERIOUS.has(impact));
  const told = barriers.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
  assert.deepEqual(told, [], name);
}

async function save(name) {
  for (const [width, pixels] of Object.entries(WIDTHS)) {
    await page.setViewportSize({ width: pixels, height: pixels > 2000 ? 1200 : 900 });
    await page.waitForTimeout(350);
    await shoot(`${name}-${width}`);
  }
  await page.setViewportSize({ width: WIDTHS.middle, height: 900 });
  await page.waitForTimeout(250);
}

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

test("tagging tags exactly what the sentence says; Undo at the bottom takes it back", async () => {
  const { labels, images } = await numbers();
  await at("tag").click();
  const undo = at("message-action");
  await visible("message-action");
  await visible("untag");
  const found = tagged();
  assert.equal(found.length, labels);
  assert.equal(new Set(found.map(({ sample }) => sample)).size, images);
  await upToDate();
  await shoot("message");
  await undo.click();
  await gone("untag");
  assert.deepEqual(tagged(), []);
  assert.deepEqual(ask("actions"), [{ operation: "tag", state: "restored" }]);
});

test("the panel comes back as it was after a page load", async () => {
  await at("tag").click();
  await visible("untag");
  await setThreshold("0.85");
  const before = await numbers();
  await page.waitForTimeout(1500);
  await load();
  await visible("sentence");
  assert.deepEqual(await numbers(), before);
  assert.equal(await at("threshold-field").inputValue(), "0.85");
  await visible("untag");
  assert.equal(await at("untag").innerText(), `Untag ${tagged().length}`);
});

test("untagging takes the tag off all of them", async () => {
  await at("untag").click();
  await gone("untag");
  assert.deepEqual(tagged(), []);
  await setThreshold("0.75");
});

test("Show puts the images, or patches, into the grid; Back to your view takes them out", async () => {
  const { labels, images } = await numbers();
  const entries = async () => page.locator('[data-cy="entry-counts"]').first().innerText();
  const before = await entries();
  await at("show").click();
  await until(async () => (await entries()).startsWith(`${images} `), `${images} images in the grid`);
  await planView(true);
  await at("show-more").click();
  await at("show-patches").click();
  await until(async () => /patch/.test(await entries()), "patches in the grid");
  assert.ok(Number.parseInt(await entries(), 10) >= labels);
  assert.equal(await at("stale").count(), 0);
  await screens("patches");
  await at("back-to-view").click();
  await until(async () => (await entries()) === before, "the whole dataset in the grid");
  await planView(false);
});

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
  assert.equal(ask("runs")[0].key, first.key);
  assert.ok(second.blocks > 0);
  await at("open-scan").first().click();
  await visible("sentence");
  assert.equal((await numbers()).of, first.labels);
  await upToDate();
});

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

test("same class is counted again without a scan, as a scan of the same class counts", async () => {
  const runs = ask("runs").length;
  await at("scan-line").click();
  await at("class-same").click();
  const { key } = ask("runs")[0];
  await until(async () => /same class/.test(await at("scan-line").innerText()), "the class rule");
  const { labels } = await until(async () => (await at("tag").isEnabled()) && numbers(), "the counts");
  await at("tag").click();
  await visible("untag");
  assert.equal(tagged().length, labels);
  await at("message-action").click();
  await gone("untag");
  await at("class-any").click();
  await at("scan-line").click();
  assert.deepEqual([ask("runs").length, ask("runs")[0].key], [runs, key]);
});

test("classes restrict what the buttons do", async () => {
  const all = await numbers();
  await at("class-row").first().click();
  await until(async () => (await at("tag").innerText()) !== `Tag ${all.labels}`, "a restriction");
  const restricted = Number((await at("tag").innerText()).replace(/\D/g, ""));
  await at("tag").click();
  await visible("untag");
  assert.equal(tagged().length, restricted);
  assert.equal(new Set(tagged().map((label) => label.class)).size, 1);
  await at("untag").click();
  await gone("untag");
  await at("class-row").first().click();
});

/** The scan from before the deletion: undoing that opened it again. */
const openScan = () => ask("runs")[0];

async function choose(cy, value) {
  await at(cy).getByRole("combobox").click();
  await at(`${cy}-${value}`).click();
}

const numberOn = async (cy) => Number((await at(cy).innerText()).replace(/\D/g, ""));

test("another method, keep rules and IoS are counted at once, and agree with the operator", async () => {
  const { key } = openScan();
  const planned = (decision) => callOperator("delete_duplicates", { scan_key: key, iou_thresh: 0.75, dry_run: true, ...decision });
  const settled = async () => (await at("tag").isEnabled()) && (await numbers()).labels > 0;
  await choose("method", "nms");
  await at("keep").click();
  await choose("keep-add", "tagged");
  await page.getByRole("textbox", { name: "tag" }).fill("reviewed");
  await choose("keep-add", "largest");
  await screens("keep", { inside: '[data-cy="keep-rules"]' });
  await at("keep-apply").click();
  await until(settled, "the counts of nms");
  const decision = { method: "nms", keep: ["tagged:reviewed", "largest"], metric: "iou" };
  const byOperator = planned(decision);
  assert.equal((await numbers()).labels, byOperator.count);
  assert.equal((await numbers()).images, byOperator.samples);
  assert.equal(await numberOn("tag"), byOperator.count);
  await at("details").click();
  await visible("balance");
  await screens("details");
  await at("details").click();
  await at("tag").click();
  await visible("untag");
  assert.deepEqual(new Set(tagged().map(({ id }) => id)), new Set(byOperator.label_ids));
  await at("untag").click();
  await gone("untag");

  await choose("metric", "ios");
  await until(settled, "the counts of IoS");
  assert.equal(await numberOn("tag"), planned({ ...decision, metric: "ios" }).count);
  await at("delete").click();
  await visible("delete-sure");
  assert.ok(await at("delete-confirm").isDisabled());
  await screens("ios", { inside: '[data-cy="delete-dialog"]' });
  await at("delete-cancel").click();
  await gone("delete-dialog");
  await choose("metric", "iou");
  await choose("method", "simple");
  await at("keep").click();
  while (await at("keep-remove").count()) await at("keep-remove").first().click();
  await at("keep-apply").click();
  await until(settled, "FiftyOne's own counts");
});

test("pairs of classes are counted as the operator counts them, and open their groups", async () => {
  const { key } = openScan();
  await at("tab-pairs").click();
  await visible("class-pair-row");
  const { by_class_pair: rows } = callOperator("list_class_pairs", { scan_key: key, iou_thresh: 0.75 });
  const counts = (await at("class-pair-count").allInnerTexts()).map(Number);
  assert.deepEqual(counts, rows.map(({ count }) => count).slice(0, counts.length));
  await screens("pairs");
  await at("class-pair-groups").first().click();
  await visible("group");
  await visible("groups-pair");
  const { count } = callOperator("list_groups", { scan_key: key, iou_thresh: 0.75, class_pair: rows[0].classes });
  assert.match(await at("groups-page").innerText(), new RegExp(`of ${count} groups?`));
  await at("groups-pair").click();
});

test("groups show their crops; both are real is remembered, and taken back", async () => {
  const { key } = openScan();
  const all = callOperator("list_groups", { scan_key: key, iou_thresh: 0.75 });
  await until(async () => (await at("groups-page").innerText()).includes(`of ${all.count} groups`), "all groups");
  await page.locator('[data-cy="group-crop"] image').first().waitFor();
  await until(async () => (await at("group").count()) === Math.min(all.count, 12), "a page of groups");
  await screens("groups");
  const labels = ask("labels");
  const told = await numbers();
  await at("group-real").first().click();
  await until(async () => (await at("groups-page").innerText()).includes(`of ${all.count - 1} groups`), "one group fewer");
  await until(async () => (await numbers()).labels === told.labels - 1, "numbers under the verdict");
  await upToDate();
  assert.equal(await at("stale").count(), 0);
  assert.equal(callOperator("list_verdicts").count, 1);
  assert.deepEqual(ask("labels"), labels);
  await at("verdicts").click();
  await visible("verdict");
  await at("forget").click();
  await until(async () => (await at("groups-page").innerText()).includes(`of ${all.count} groups`), "all groups again");
  await until(async () => (await numbers()).labels === told.labels, "the numbers from before");
  await upToDate();
  const entries = page.locator('[data-cy="entry-counts"]').first();
  const inGrid = await entries.innerText();
  await at("group").first().focus();
  await page.keyboard.press("Enter");
  await visible("modal");
  await closed("modal");
  assert.equal(await entries.innerText(), inGrid);
  await at("tab-classes").click();
});

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

test("a scan is out of date when another program moves a label; Rescan is one click", async () => {
  const before = ask("runs").length;
  assert.equal(ask("move_label"), 1);
  await load();
  await visible("stale");
  assert.match(await at("stale").innerText(), /1 image was changed/);
  assert.equal(await at("tag").innerText(), "Tag");
  await screens("stale");
  await at("rescan").click();
  await until(() => ask("runs").length === before + 1, "one scan more");
  await upToDate();
  await gone("stale");
});

/** Waits for what a dialog shows; what went wrong instead is said. */
async function answered(cy) {
  const error = at("error").first();
  await until(async () => (await at(cy).count()) > 0 || (await error.count()) > 0, cy, 40);
  if (await error.count()) assert.fail(`${cy}: ${await error.innerText()}`);
}

const focused = () => page.evaluate(() => document.activeElement?.getAttribute("data-cy"));

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

test("the report holds all it shows", async () => {
  await at("export").click();
  const [download] = await Promise.all([page.waitForEvent("download"), at("export-html").click()]);
  const html = readFileSync(await download.path(), "utf8");
  const { labels } = await numbers();
  assert.equal(html.match(/<figure>/g).length, Math.min(labels, 100));
  assert.ok(!/(src|href)="(?!data:)/.test(html), "it loads something");
  assert.ok(html.length < 2_000_000);
});

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

testThatNoScriptFailed();
