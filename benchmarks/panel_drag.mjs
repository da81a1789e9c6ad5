// Script time per pointer move while dragging the threshold, on a scan of 1,000,000 pairs.
// Usage: node benchmarks/panel_drag.mjs      (needs Chromium; CHROMIUM sets its path)
import { openHarness } from "../tests/ui/harness/serve.mjs";

const MOVES = 300;
const LIMIT_MS = 16;

const { page, base, close } = await openHarness();
const cdp = await page.context().newCDPSession(page);
await cdp.send("Performance.enable");

async function spent() {
  const { metrics } = await cdp.send("Performance.getMetrics");
  const value = (name) => (metrics.find((metric) => metric.name === name)?.value ?? 0) * 1000;
  return { script: value("ScriptDuration"), task: value("TaskDuration") };
}

function at(sorted, part) {
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))].toFixed(2);
}

let slow = false;
for (const [state, width, title] of [
  ["million", 560, "80 classes"],
  ["million", 1400, "80 classes, two columns"],
  ["many", 560, "1,000 classes"],
]) {
  await page.setViewportSize({ width, height: 900 });
  await page.goto(`${base}?mode=dark&state=${state}`);
  await page.waitForSelector('[data-cy="sentence"]');
  await page.waitForTimeout(800);
  const box = await page.locator('[data-cy="histogram"] svg').boundingBox();
  const place = (i) => box.x + 44 + ((i * 7) % 100) * ((box.width - 88) / 100);
  await page.mouse.move(place(0), box.y + 80);
  await page.mouse.down();
  const script = [];
  const task = [];
  for (let i = 1; i <= MOVES; i++) {
    const before = await spent();
    await page.mouse.move(place(i), box.y + 80);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
    const after = await spent();
    script.push(after.script - before.script);
    task.push(after.task - before.task);
  }
  const asked = await page.evaluate(() => window.host.sent.filter((sent) => sent.message === "count_labels").length);
  await page.mouse.up();
  script.sort((a, b) => a - b);
  task.sort((a, b) => a - b);
  slow ||= Number(at(script, 0.99)) >= LIMIT_MS;
  console.log(
    `${title}, ${width} px: script ms per move: median ${at(script, 0.5)}, 99 % ${at(script, 0.99)}, max ${at(script, 1)}; with layout and paint: median ${at(task, 0.5)}; count requests: ${asked}`,
  );
}
await close();
console.log(slow ? `More than ${LIMIT_MS} ms.` : `Under ${LIMIT_MS} ms.`);
process.exitCode = slow ? 1 : 0;
