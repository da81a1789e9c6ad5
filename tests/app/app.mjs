// The App in a headless browser, and the database as another process sees it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { asking } from "./asked.mjs";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
export const { APP_DATASET } = process.env;
const { APP_URL, PYTHON, CHROMIUM, SHOTS } = process.env;

/** The answer of the database to a process that is neither the App nor the browser. */
export const ask = asking("database.py");

/** The result of an operator that another process calls from Python. */
export const callOperator = asking("call_operator.py");

/** FiftyOne's own worker for background runs; returns what ends it. */
export function startWorker() {
  const code = "from fiftyone.core.cli import main; main()";
  const worker = spawn(PYTHON, ["-c", code, "delegated", "launch"], { stdio: "ignore" });
  return () => worker.kill("SIGINT");
}

/** The errors of FiftyOne's own router when a page is left while it still loads. */
const OF_THE_APP = new Set(["Error: entry is loading"]);

/** The App's page, from when the first test of a file starts. */
export let page;
let browser;
const faults = [];

/** Opens the App before the tests of a file, and closes it after them. */
export function useApp(path = APP_DATASET) {
  before(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, acceptDownloads: true });
    page = await context.newPage();
    page.on("pageerror", (error) => {
      if (!OF_THE_APP.has(String(error))) faults.push(String(error));
    });
    await load(path);
  });
  after(() => browser?.close());
}

/** The panel in another browser: nothing is shared but the App's server. */
export async function openAnother(path = APP_DATASET) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
  const other = await context.newPage();
  other.on("pageerror", (error) => {
    if (!OF_THE_APP.has(String(error))) faults.push(String(error));
  });
  await other.goto(`${APP_URL}/datasets/${path}`);
  await other.waitForSelector('[data-cy="open-review"]', { timeout: 60_000 });
  // the App greets a new browser
  await other.getByText("Dismiss").first().click({ timeout: 10_000 }).catch(() => {});
  return other;
}

/** The last test of a file. */
export function testThatNoScriptFailed() {
  test("no script failed on the way", () => assert.deepEqual(faults, []));
}

/** Opens the page, again where the App's server was not ready, until the panel is there. */
export const load = (path = APP_DATASET) => opened(() => page.goto(`${APP_URL}/datasets/${path}`));

/** Loads the page again, as F5 does: the view and the panel stay what they are. */
export const reload = () => opened(() => page.reload());

async function opened(open) {
  for (let k = 0; ; k++) {
    await open();
    try {
      await page.waitForSelector('[data-cy="duplicates-panel"]', { timeout: 20_000 });
      break;
    } catch (error) {
      if (k === 3) throw error;
    }
  }
  await page.waitForSelector('[data-cy="looker"]', { timeout: 20_000 });
  const dismiss = page.getByText("Dismiss");
  if (await dismiss.count()) await dismiss.first().click();
}

export const at = (cy) => page.locator(`[data-cy="${cy}"]`);
export const textOf = (cy) => at(cy).first().innerText();
export const visible = (cy) => at(cy).first().waitFor({ state: "visible", timeout: 20_000 });
export const gone = (cy) => at(cy).first().waitFor({ state: "hidden", timeout: 20_000 });

export async function until(condition, what, seconds = 20) {
  const end = Date.now() + 1000 * seconds;
  for (;;) {
    const found = await condition();
    if (found) return found;
    if (Date.now() > end) assert.fail(`waited ${seconds} s for ${what}`);
    await page.waitForTimeout(100);
  }
}

// an App that is still opening its modal hears no key; an older one, none without a focus
export const closed = (cy) => {
  let tries = 0;
  return until(async () => {
    if (!(await at(cy).first().isVisible())) return true;
    if (++tries % 5) await page.keyboard.press("Escape");
    else await page.mouse.click(3, 3);
    await page.waitForTimeout(500);
    return false;
  }, `the ${cy} to close`);
};

/** Waits until the App shows a view that the panel made, or one that it did not make. */
export const planView = (shown) => until(async () => (await at("back-to-view").isEnabled()) === shown, "the view");
export const upToDate = () => until(async () => (await textOf("scan-line")).includes("up to date"), "an up-to-date scan");

export async function dismissToasts() {
  const close = page.locator(".notistack-Snackbar button:has(svg)");
  while (await close.count()) await close.first().click({ timeout: 2000 }).catch(() => {});
}

/** The App's own button; clicked without the mouse, so that menus and dialogs stay open. */
export async function setTheme(title) {
  await page.locator(`button[title="${title}"]`).evaluate((button) => button.click());
  await page.waitForTimeout(300);
}

/** Whether screens are saved, for people to look at: no test compares them. */
export const isSaving = Boolean(SHOTS);
if (isSaving) mkdirSync(SHOTS, { recursive: true });

export async function shoot(name) {
  if (isSaving) await page.screenshot({ path: `${SHOTS}/${name}.png` });
}
