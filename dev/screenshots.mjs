// Takes the README's screenshots of the panel from a running demo (`make demo HEADLESS=1`).
// Usage: node dev/screenshots.mjs http://127.0.0.1:5151/datasets/duplicate-objects-demo
import { chromium } from "playwright-core";

const [address] = process.argv.slice(2);
const folder = new URL("../docs/images/", import.meta.url).pathname;
const flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });
const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
const at = (cy) => page.locator(`[data-cy="${cy}"]`);

await page.goto(address);
await at("sentence").waitFor({ timeout: 60_000 });
await at("looker").first().waitFor({ timeout: 60_000 });
await page.getByText("Dismiss").first().click({ timeout: 5_000 }).catch(() => {});
await at("show-more").click();
await at("show-patches").click();
await page.locator('[data-cy="back-to-view"]:enabled').waitFor();
for (const [theme, title] of [["dark", null], ["light", "Light mode"]]) {
  if (title) await page.locator(`button[title="${title}"]`).click();
  await page.mouse.move(1110, 870);
  await page.waitForTimeout(7_000);
  await page.screenshot({ path: `${folder}panel-${theme}.png` });
}
await page.locator('button[title="Dark mode"]').click();
await at("back-to-view").click();
await page.locator('[data-cy="back-to-view"]:disabled').waitFor();
await browser.close();
