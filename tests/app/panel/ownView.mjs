// The user's own view: a saved view with a filter of the sidebar.
import { test } from "node:test";
import { APP_DATASET, at, load, page, planView, reload, until, visible } from "../app.mjs";

const CLASSES = "ground_truth.detections.label";
const entries = async () => (await at("entry-counts").first().innerText()).replace(/\s+/g, " ");
const isFiltered = async () => / of /.test(await entries());

/** Clicks on a class in the sidebar; returns the count of the grid afterwards. */
async function toggleClass(k) {
  const before = await entries();
  await at(`categorical-filter-${CLASSES}`).locator('[data-cy^="checkbox"]').nth(k).click();
  await until(async () => (await entries()) !== before, "another count");
  return entries();
}

async function showPlan(mode) {
  await at("show-more").click();
  await at(mode).click();
  await planView(true);
}

async function back(expected, after) {
  await at("back-to-view").click();
  await planView(false);
  await until(async () => (await entries()) === expected, `the filter after ${after}: ${expected}`);
}

test("Back to your view brings the filter of the sidebar back, however long the App takes", async () => {
  await load(`${APP_DATASET}?view=ten`);
  await visible("sentence");
  await at("sidebar-field-arrow-enabled-ground_truth").first().click();
  const filtered = await toggleClass(0);
  await until(isFiltered, "a filtered grid");
  // the requests that show a view
  const late = async (route) => {
    await page.waitForTimeout(1500);
    await route.continue();
  };
  await page.route("**/graphql", late);
  await showPlan("show-samples");
  await back(filtered, "images");
  await page.unrouteAll({ behavior: "wait" });
  await showPlan("show-patches");
  await back(filtered, "patches");
});

test("Back to your view brings another filter back once it was changed, and after a reload", async () => {
  const filtered = await toggleClass(1);
  await showPlan("show-samples");
  await reload();
  await visible("sentence");
  await planView(true);
  await back(filtered, "a reload");
  await load(APP_DATASET);
  await visible("sentence");
});
