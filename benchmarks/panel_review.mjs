// From a key to the next pair drawn, in Review, over 200 pairs: without an App, with a server that answers after 40 ms.
// Usage: node benchmarks/panel_review.mjs      (needs Chromium; CHROMIUM sets its path)
import { openHarness } from "../tests/ui/harness/serve.mjs";

const PAIRS = 200;
const MEDIAN_MS = 100;
const P95_MS = 200;
const PAUSE_MS = 250; // as fast as a person decides

const { page, base, close } = await openHarness();
const at = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];

let slow = false;
for (const width of [550, 1400]) {
  await page.setViewportSize({ width, height: 900 });
  await page.goto(`${base}?mode=dark&state=long_review`);
  await page.waitForSelector('[data-cy="review-picture"]');
  await page.waitForTimeout(1500);
  const times = await page.evaluate(
    async ([pairs, pause]) => {
      const found = [];
      const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      const place = () => document.querySelector('[data-cy="review-place"]').textContent;
      const isDrawn = () => document.querySelector('[data-cy="review-picture"]') !== null && document.querySelector('[data-cy="fact"]') !== null;
      for (let k = 0; k < pairs; k++) {
        const before = place();
        const start = performance.now();
        document.querySelector('[data-cy="review"]').dispatchEvent(new KeyboardEvent("keydown", { key: "drm"[k % 3], bubbles: true, cancelable: true }));
        do await painted();
        while (place() === before || !isDrawn());
        found.push(performance.now() - start);
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
      return found;
    },
    [PAIRS, PAUSE_MS],
  );
  times.sort((a, b) => a - b);
  slow ||= at(times, 0.5) >= MEDIAN_MS || at(times, 0.95) >= P95_MS;
  console.log(`${width} px: ms from key to the next pair drawn: median ${at(times, 0.5).toFixed(1)}, 95 % ${at(times, 0.95).toFixed(1)}, max ${at(times, 1).toFixed(1)}`);
}
await close();
process.exitCode = slow ? 1 : 0;
