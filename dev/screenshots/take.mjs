// Takes the documentation's pictures of the panel in the App, in both themes.
// Usage: node take.mjs ADDRESS IMAGES FRAMES, see __main__.py
import { chromium } from "playwright-core";

const [address, images, frames] = process.argv.slice(2);
const flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--force-color-profile=srgb"];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });
const SLOW = 120_000;
const HIGH = { width: 1100, height: 1150 };
const LOW = { width: 1100, height: 780 };

/** A page of the App in a theme, with the panel beside the grid or alone. */
async function open(layout, viewport, theme) {
  const context = await browser.newContext({ viewport, colorScheme: theme });
  const page = await context.newPage();
  page.setDefaultTimeout(SLOW);
  const at = (cy) => page.locator(`[data-cy="${cy}"]`);
  await page.goto(`${address}?workspace=${layout}`);
  await at("duplicates-panel").waitFor();
  await page.getByText("Dismiss").first().click({ timeout: 5_000 }).catch(() => {});
  const other = page.locator(`button[title="${theme === "light" ? "Light" : "Dark"} mode"]`);
  if (await other.count()) await other.first().click();
  return { page, at, still: () => page.waitForTimeout(1_500) };
}

/** The panel, without the App around it. */
async function shoot({ page, at, still }, name) {
  await still();
  await at("duplicates-panel").screenshot({ path: `${images}/${name}.png`, animations: "disabled" });
}

const decided = async (at) => Number((await at("review-progress").first().innerText()).split(" ")[0]);

/** Opens Review, without asking for a name. */
async function review({ at }) {
  await at("open-review").click();
  await at("review-picture").first().waitFor();
  if (await at("name-skip").count()) await at("name-skip").click();
  await at("review").focus();
}

/** Patches of the duplicates beside the panel. */
async function grid(view, name) {
  const { page, at } = view;
  await at("show-more").click();
  await at("show-patches").click();
  await page.locator('[data-cy="back-to-view"]:enabled').waitFor();
  await at("looker").first().waitFor();
  await page.mouse.move(1_110, 870);
  await page.waitForTimeout(7_000);
  await page.screenshot({ path: `${images}/${name}.png` });
  await at("back-to-view").click();
  await page.locator('[data-cy="back-to-view"]:disabled').waitFor();
}

async function tabs(view, theme) {
  const { page, at } = view;
  await page.getByText("up to date").first().waitFor();
  await page.getByText("are duplicates of a kept label").first().waitFor();
  await shoot(view, `scan-${theme}`);
  await at("tab-pairs").click();
  await at("class-pair-row").first().waitFor();
  await shoot(view, `pairs-${theme}`);
  await at("tab-groups").click();
  await page.locator('[data-cy="group-crop"] image').first().waitFor();
  await shoot(view, `groups-${theme}`);
  await at("delete").click();
  await at("delete-dialog").waitFor();
  await view.still();
  await at("delete-dialog").screenshot({ path: `${images}/delete-${theme}.png`, animations: "disabled" });
  await at("delete-cancel").click();
  await at("delete-dialog").waitFor({ state: "hidden" });
  await page.setViewportSize(LOW);
  await review(view);
  await shoot(view, `review-${theme}`);
}

/** The keys of the film, in this order. */
const KEYS = ["d", "d", "s", "d", "r", "m", "z"];

async function film(view) {
  const { page, at, still } = view;
  let number = 0;
  const frame = async (shown) => {
    const name = `${String(number++).padStart(3, "0")}-${shown}`;
    await at("duplicates-panel").screenshot({ path: `${frames}/${name}.png`, animations: "disabled" });
  };
  await review(view);
  await still();
  await frame(1_200);
  for (const key of KEYS) {
    const before = await decided(at);
    // the button lights up as under a mouse, so that the key is seen
    await page.locator("button", { has: page.locator(`kbd:text-is("${key.toUpperCase()}")`) }).first().hover({ timeout: 2_000 }).catch(() => {});
    await frame(200);
    await page.keyboard.press(key);
    if ("dsrmx".includes(key)) for (let k = 0; k < 100 && (await decided(at)) === before; k++) await page.waitForTimeout(50);
    await page.mouse.move(5, 5);
    await still();
    await frame(800);
  }
}

for (const theme of ["dark", "light"]) {
  const view = await open("alone", HIGH, theme);
  if (theme === "dark") await view.at("scan").click();
  await view.at("sentence").waitFor();
  await tabs(view, theme);
  await view.page.context().close();
}
// the App shows the view of the duplicates to later pages as well
for (const theme of ["dark", "light"]) {
  const beside = await open("beside", { width: 1400, height: 900 }, theme);
  await beside.at("sentence").waitFor();
  await grid(beside, `panel-${theme}`);
  await beside.page.context().close();
}
// last, as a verdict makes the scan be out of date
const view = await open("alone", LOW, "dark");
await view.at("sentence").waitFor();
await film(view);
await view.page.context().close();
await browser.close();
