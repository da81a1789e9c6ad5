// Builds and serves the panel without an App, and opens it in a headless Chromium.
import { chromium } from "playwright-core";
import { build, preview } from "vite";

const config = new URL("./vite.config.ts", import.meta.url).pathname;

export async function openHarness() {
  await build({ configFile: config, logLevel: "error" });
  const server = await preview({ configFile: config, preview: { port: 0, host: "127.0.0.1" }, logLevel: "error" });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  const context = await browser.newContext();
  const page = await context.newPage();
  page.on("pageerror", (error) => console.error(String(error)));
  async function close() {
    await browser.close();
    await server.close();
  }
  return { page, base: server.resolvedUrls.local[0], close };
}
