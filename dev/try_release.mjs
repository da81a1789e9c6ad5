// Opens the panel in the App and scans a dataset. Usage: node try_release.mjs ADDRESS
import { chromium } from "playwright-core";

const [address] = process.argv.slice(2);
const flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: flags });
const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
const faults = [];
page.on("pageerror", (error) => faults.push(String(error)));
page.setDefaultTimeout(60_000);
const at = (cy) => page.locator(`[data-cy="${cy}"]`);

await page.goto(address);
await at("duplicates-panel").waitFor();
// the App greets a new browser
await page.getByText("Dismiss").first().click({ timeout: 15_000 }).catch(() => {});
await at("scan-line").click();
await at("scan").click();
await at("sentence").waitFor();
await page.getByText("up to date").first().waitFor();
console.log(`The panel in the App: ${(await at("sentence").innerText()).replaceAll("\n", " ")}`);
await browser.close();
if (faults.length > 0) {
  console.error(faults.join("\n"));
  process.exit(1);
}
