// The App in a headless browser, and the database as another process sees it.
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
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
const { APP_URL, APP_DATASET, PYTHON, CHROMIUM, SHOTS } = process.env;

/** What the database says, asked by a process that is neither the App nor the browser. */
export const ask = asking("database.py");

/** What an operator answers, called from Python by another process. */
export const callOperator = asking("call_operator.py");

/** FiftyOne's own worker for background runs; returns what ends it. */
export function startWorker() {
  const code = "from fiftyone.core.cli import main; main()";
  const worker = spawn(PYTHON, ["-c", code, "delegated", "launch"], { stdio: "ignore" });
  return () => worker.kill("SIGINT");
}

/** What FiftyOne's own router throws when a page is left while it still loads. */
const OF_THE_APP = new Set(["Error: entry is loading"]);

export async function openApp(path = APP_DATASET) {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, acceptDownloads: true });
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => {
    if (!OF_THE_APP.has(String(error))) faults.push(String(error));
  });
  await load(page, path);
  return { browser, context, page, faults };
}

/** Opens the page, again where the App's server was not ready, until the panel is there. */
export async function load(page, path = APP_DATASET) {
  for (let k = 0; ; k++) {
    await page.goto(`${APP_URL}/datasets/${path}`);
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

export const at = (page, cy) => page.locator(`[data-cy="${cy}"]`);

/** Whether screens are saved, for people to look at: no test compares them. */
export const isSaving = Boolean(SHOTS);
if (isSaving) mkdirSync(SHOTS, { recursive: true });

export async function shoot(page, name) {
  if (isSaving) await page.screenshot({ path: `${SHOTS}/${name}.png` });
}
