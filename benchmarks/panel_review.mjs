// From a key to the next pair drawn, in Review, over 200 pairs.
// Usage: node benchmarks/panel_review.mjs [ADDRESS]      (needs Chromium; CHROMIUM sets its path)
// ADDRESS is a dataset in an App, with the panel open; see panel_review.py. Without one, the panel has no App, and
// a server that answers after 40 ms.
import { chromium } from "playwright-core";
import { openHarness } from "../tests/ui/harness/serve.mjs";

const PAIRS = 200;
const MEDIAN_MS = 100;
const P95_MS = 200;
const PAUSE_MS = 250; // as fast as a person decides
const PATIENCE_MS = 20_000;

const [address] = process.argv.slice(2);
const { page, base, close } = address ? await openApp() : await openHarness();
const devtools = await page.context().newCDPSession(page);
await devtools.send("Performance.enable");
const part = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];

async function openApp() {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
  const opened = await (await browser.newContext()).newPage();
  return { page: opened, base: null, close: () => browser.close() };
}

async function openReview() {
  const at = (cy) => page.locator(`[data-cy="${cy}"]`);
  if (base !== null) await page.goto(`${base}?mode=dark&state=long_review`);
  else {
    await page.goto(address);
    await at("open-review").waitFor({ timeout: 120_000 });
    await page.getByText("Dismiss").first().click({ timeout: 5_000 }).catch(() => {});
    await at("open-review").click();
  }
  await at("review-picture").first().waitFor({ timeout: 60_000 });
  if (await at("name-skip").count()) await at("name-skip").click();
  await page.waitForTimeout(2_000);
}

/** The seconds that the page has computed so far, which another program's load affects less. */
async function cpu() {
  const { metrics } = await devtools.send("Performance.getMetrics");
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

/** Times each key; stops at the end of the list. */
function timed([pairs, pause, patience]) {
  const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  const find = (cy) => document.querySelector(`[data-cy="${cy}"]`);
  const isNext = (before) => find("review-place").textContent !== before && find("review-picture") !== null && find("property") !== null;
  return (async () => {
    const [found, waited] = [[], []];
    const listed = Number(find("review-place").textContent.split("/")[1].replaceAll(",", ""));
    for (let k = 0; k < Math.min(pairs, listed - 1); k++) {
      const before = find("review-place").textContent;
      const start = performance.now();
      find("review").dispatchEvent(new KeyboardEvent("keydown", { key: "drd"[k % 3], bubbles: true, cancelable: true }));
      await painted();
      waited.push(find("stage-waiting") !== null);
      while (!isNext(before) && performance.now() - start < patience) await painted();
      if (!isNext(before)) throw new Error(`after ${k} pairs no other one was drawn within ${patience / 1000} s`);
      found.push(performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    return { found, waited: waited.filter(Boolean).length };
  })();
}

let slow = false;
for (const width of base === null ? [1400] : [550, 1400]) {
  await page.setViewportSize({ width, height: 900 });
  await openReview();
  const before = await cpu();
  const { found: times, waited } = await page.evaluate(timed, [PAIRS, PAUSE_MS, PATIENCE_MS]);
  const after = await cpu();
  times.sort((a, b) => a - b);
  slow ||= part(times, 0.5) >= MEDIAN_MS || part(times, 0.95) >= P95_MS;
  console.log(`${width} px: ${times.length} pairs, ms from key to the next pair drawn: median ${part(times, 0.5).toFixed(1)}, 95 % ${part(times, 0.95).toFixed(1)}, max ${part(times, 1).toFixed(1)}`);
  const perKey = (name) => ((1000 * (after[name] - before[name])) / times.length).toFixed(1);
  console.log(`  of the browser's main thread per pair: ${perKey("ScriptDuration")} ms of scripts, ${perKey("TaskDuration")} ms in all; ${waited} pairs had to wait for their picture`);
}
await close();
process.exitCode = slow ? 1 : 0;
