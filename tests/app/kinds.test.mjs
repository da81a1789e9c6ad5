// The panel on labels of every kind, in the real App: scanned, cut, looked at in pictures, shown.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  at,
  dismissToasts,
  gone,
  isSaving,
  page,
  planView,
  setTheme,
  shoot,
  testThatNoScriptFailed,
  textOf,
  until,
  upToDate,
  useApp,
  visible,
} from "./app.mjs";

const PANEL = '[data-cy="duplicates-panel"]';
/** Viewports in which the panel is so wide. */
const WIDTHS = { 420: 1136, 700: 1712 };
/** The same, for Review: the narrowest panel, that of a new page, and one in two columns. */
const REVIEW_WIDTHS = { 344: 980, 548: 1400, 1384: 3120 };

/** Of each kind: what contains its labels, and what a picture of a group has. */
const ALL = {
  masks: { unit: "image", image: true, compare: "masks" },
  polygons: { unit: "image", image: true },
  keypoints: { unit: "image", image: true, dots: true, patches: false },
  cuboids: { unit: "scene", image: false, patches: false },
  rotated: { unit: "image", image: true },
  segments: { unit: "video", image: true, patches: false },
  video: { unit: "frame", image: true, patches: false, tracks: true },
  groups: { unit: "sample", image: true, slices: ["left", "right", "scene"] },
};

/** The kinds to try. */
const KINDS = Object.fromEntries(process.env.KINDS.split(" ").map((kind) => [kind, ALL[kind]]));

useApp();

/** Shows the panel at some widths: nothing in it may be wider than it is. Saves it, in the themes, if asked to. */
async function screens(name, themes = ["Light mode", "Dark mode"], widths = WIDTHS) {
  await dismissToasts();
  for (const [width, pixels] of Object.entries(widths)) {
    await page.setViewportSize({ width: pixels, height: 1500 });
    if (isSaving) await save(`kind-${name}`, width, themes);
    const sizes = () => page.locator(PANEL).evaluate((panel) => [panel.scrollWidth, panel.clientWidth]);
    const isDrawn = async () => Math.abs((await sizes())[1] - width) < 60;
    await until(isDrawn, `${name}: a panel that is about ${width} pixels wide`);
    await page.waitForTimeout(120);
    const [inner, outer] = await sizes();
    assert.ok(inner <= outer, `${name}: ${inner} pixels in ${outer}`);
  }
}

async function save(name, width, themes) {
  for (const theme of themes) {
    if (themes.length > 1) await setTheme(theme);
    await page.waitForTimeout(120);
    await shoot(`${name}-${theme === "Dark mode" ? "dark" : "light"}-${width}`);
  }
}

async function openDataset(kind) {
  await page.goto(`${process.env.APP_URL}/datasets/duplicate-objects-${kind}?workspace=panel`);
  await page.waitForSelector(PANEL, { timeout: 30_000 });
}

/** Review draws the labels of its first group, over what contains them, at each width. */
async function lookAtReview(kind, image) {
  await at("open-review").click();
  await visible("review-picture");
  if ((await at("name-skip").count()) > 0) await at("name-skip").click();
  const picture = at("review-picture").first();
  assert.ok((await picture.locator("[data-fate]").count()) >= 2, `${kind}: the labels of the group`);
  assert.equal((await picture.locator("image").count()) > 0, image);
  assert.equal(await picture.locator("[data-note]").count(), 0);
  await screens(`${kind}-review`, undefined, REVIEW_WIDTHS);
  await at("review-back").click();
  await gone("review");
}

/** Each video has one thing that was tracked twice; a click shows both tracks where they overlap. */
async function lookAtTracks(kind) {
  await at("tab-tracks").click();
  await visible("track-row");
  const rows = at("track-row");
  await until(async () => (await rows.count()) === (await textOf("tracks-page")).match(/\d+/)?.[0] * 1, "a row for each pair");
  assert.match(await rows.first().innerText(), /#\d · \w+ #\d\s+street-\d\.mp4\s+frames \d+–\d+\s+overlap in \d+ frames · mean IoU 0\.\d\d · \d+ % of the shorter/);
  await screens(`${kind}-tracks`);
  await at("min-frames").fill("1000");
  await page.keyboard.press("Enter");
  await visible("no-tracks");
  assert.match(await textOf("no-tracks"), /^No two tracks overlap in 1,000 frames above 0\.\d+\.$/);
  await screens(`${kind}-no-tracks`, ["Dark mode"]);
  await at("min-frames").fill("2");
  await page.keyboard.press("Enter");
  await visible("track-row");
  await rows.first().focus();
  await page.keyboard.press("Enter");
  await planView(true);
  if (isSaving) await page.waitForTimeout(3000);
  await shoot(`kind-${kind}-tracks-shown`);
  await at("back-to-view").click();
  await planView(false);
}

for (const [kind, { unit, image, dots = false, patches = true, compare, slices, tracks = false }] of Object.entries(KINDS)) {
  test(`${kind}: scanned, cut, and shown as what they are`, async () => {
    await openDataset(kind);
    await visible("scan");
    if (compare) await at(`compare-${compare}`).click();
    if (slices) {
      await at("slices").getByRole("combobox").click();
      await at("slice-all").click();
      await page.keyboard.press("Escape");
    }
    await screens(`${kind}-unscanned`, ["Dark mode"]);
    await at("scan").click();
    await visible("sentence");
    await upToDate();
    assert.match(await textOf("scan-line"), /· any class · .* · \d[\d,]* labels · /);
    if (slices) assert.ok((await textOf("scan-line")).includes(`slices ${slices[0]}`));
    assert.match(await textOf("sentence"), new RegExp(`\\d+\\s*of \\d+ labels would be removed, in \\d+ ${unit}s?`));
    assert.match(await textOf("show"), new RegExp(`Show \\d+ ${unit}s?`));
    await screens(`${kind}-scan`);

    await at("details").click();
    await visible("plan-tables");
    await screens(`${kind}-details`, ["Dark mode"]);
    await at("details").click();
    await at("tab-groups").click();
    await visible("group");
    const crops = page.locator('[data-cy="group-crop"]');
    await until(async () => (await crops.locator("path").count()) > 0, "pictures");
    if (isSaving) await page.waitForTimeout(500);
    await screens(`${kind}-groups`);
    const first = crops.first();
    assert.equal((await crops.locator("image").count()) > 0, image);
    const notes = (await first.locator("text").allTextContents()).filter((note) => /readable|gone/.test(note));
    assert.deepEqual(notes, []);
    const paths = await first.locator("g path").evaluateAll((all) => all.map((path) => path.getAttribute("d")));
    assert.ok(paths.length >= 4, `${paths.length} paths`);
    assert.equal(paths.some((path) => path.includes("h0")), dots);

    await lookAtReview(kind, image);
    assert.equal(await at("tab-tracks").count(), tracks ? 1 : 0);
    if (tracks) await lookAtTracks(kind);

    await at("show-more").click();
    await page.locator(`[data-cy="${patches ? "show-patches" : "show-labels"}"]`).click();
    await planView(true);
    if (isSaving) await page.waitForTimeout(800);
    await screens(`${kind}-shown`);
    await at("back-to-view").click();
    await planView(false);
  });
}

testThatNoScriptFailed();
