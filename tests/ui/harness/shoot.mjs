// Takes a picture of every screen of the panel, in both themes and at three widths, into out/shots.
// Usage: node tests/ui/harness/shoot.mjs [state[:act] ...]
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";
import { build, preview } from "vite";

const WIDTHS = [320, 560, 1400];
const config = new URL("./vite.config.ts", import.meta.url).pathname;
const out = new URL("../../../out/shots/", import.meta.url).pathname;

await build({ configFile: config, logLevel: "error" });
const server = await preview({ configFile: config, preview: { port: 0, host: "127.0.0.1" }, logLevel: "error" });
const base = server.resolvedUrls.local[0];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
mkdirSync(out, { recursive: true });

const page = await browser.newPage();
page.on("pageerror", (error) => console.error(String(error)));
page.on("console", (message) => ["error", "warning"].includes(message.type()) && console.error(message.text()));
const acts = {
  dialog: async () => page.click('[data-cy="delete"]'),
  tagged: async () => {
    await page.click('[data-cy="tag"]');
    await page.click('[data-cy="untag"]', { trial: true });
    await page.click('[data-cy="delete"]');
    await page.click('[data-cy="delete-tagged"]');
  },
  scans: async () => page.click('[data-cy="scans"]'),
  export: async () => page.click('[data-cy="export"]'),
  form: async () => page.click('[data-cy="target"] [role="combobox"]'),
  hover: async () => {
    const box = await page.locator('[data-cy="histogram"]').boundingBox();
    await page.mouse.move(box.x + box.width * 0.85, box.y + 60);
  },
  all: async () => {
    await page.click('[data-cy="show-all-classes"]');
    await page.locator('[data-cy="class-rows"]').evaluate((box) => box.scrollTo(0, 9000));
  },
  keyboard: async () => {
    await page.locator('[data-cy="histogram"] [role="slider"]').focus();
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Shift+ArrowLeft");
  },
};
const states = process.argv.slice(2);
for (const state of states.length > 0 ? states : ["scan"]) {
  for (const mode of ["dark", "light"]) {
    for (const width of WIDTHS) {
      const [screen, act] = state.split(":");
      await page.setViewportSize({ width, height: width > 900 ? 720 : 900 });
      await page.goto(`${base}?mode=${mode}&state=${screen}`);
      await page.waitForTimeout(700);
      if (act) {
        await acts[act]();
        await page.waitForTimeout(400);
      }
      await page.screenshot({ path: `${out}${state.replace(":", "_")}-${mode}-${width}.png` });
    }
  }
}
await browser.close();
await server.close();
