// Takes screenshots of every screen of the panel, in both themes and at three widths, into out/shots, and checks them with axe.
// Usage: node tests/ui/harness/shoot.mjs [state[:act] ...]
import { mkdirSync } from "node:fs";
import { AxeBuilder } from "@axe-core/playwright";
import { openHarness } from "./serve.mjs";

const WIDTHS = process.env.WIDTHS?.split(",").map(Number) ?? [320, 500, 1000];
const out = new URL("../../../out/shots/", import.meta.url).pathname;
mkdirSync(out, { recursive: true });
const { page, base, close } = await openHarness();

const acts = {
  dialog: async () => page.click('[data-cy="delete"]'),
  tagged: async () => {
    await page.click('[data-cy="tag"]');
    await page.click('[data-cy="untag"]', { trial: true });
    await page.click('[data-cy="delete"]');
    await page.click('[data-cy="delete-tagged"]');
  },
  rule: async () => {
    await page.click('[data-cy="tab-pairs"]');
    await page.locator('[data-cy="class-pair-more"]').nth(1).click();
    await page.click('[data-cy="class-pair-rule-own"]');
  },
  details: async () => page.click('[data-cy="details"]'),
  history: async () => page.click('[data-cy="history"]'),
  keep: async () => {
    await page.click('[data-cy="keep"]');
    for (const rule of ["tagged", "largest"]) {
      await page.click('[data-cy="keep-add"] [role="combobox"]');
      await page.click(`[data-cy="keep-add-${rule}"]`);
    }
  },
  method: async () => page.click('[data-cy="method"] [role="combobox"]'),
  verdicts: async () => page.click('[data-cy="verdicts"]'),
  scans: async () => page.click('[data-cy="scans"]'),
  export: async () => page.click('[data-cy="export"]'),
  form: async () => page.click('[data-cy="target"] [role="combobox"]'),
  trips: async () => page.click('[data-cy="cvat"]'),
  send: async () => {
    await page.click('[data-cy="cvat"]');
    await page.click('[data-cy="cvat-send"]');
    await page.waitForTimeout(800);
    const options = page.locator('[data-cy="cvat-options"]');
    if (await options.count()) await options.click();
  },
  sending: async () => {
    await acts.send();
    await page.click('[data-cy="cvat-send-now"]');
    await page.waitForTimeout(800);
  },
  load: async () => {
    await page.click('[data-cy="cvat"]');
    await page.locator('[data-cy="cvat-load"]').nth(1).click();
    await page.click('[data-cy="cvat-row-relabeled"] button');
    await page.click('[data-cy="cvat-row-attributes"] button');
    await page.click('[data-cy="cvat-row-conflicts"] button');
  },
  discard: async () => {
    await page.click('[data-cy="cvat"]');
    await page.locator('[data-cy="cvat-discard"]').nth(1).click();
  },
  decided: async () => {
    for (const key of ["d", "r", "m", "x", "p"]) await page.keyboard.press(key);
  },
  filters: async () => page.click('[data-cy="review-filters"]'),
  accept: async () => {
    await acts.filters();
    await page.click('[data-cy="accept"]');
    await page.click('[data-cy="advice-apply"]');
  },
  keys: async () => page.keyboard.press("?"),
  people: async () => page.click('[data-cy="people"]'),
  apply: async () => {
    await acts.decided();
    await page.click('[data-cy="review-apply"]');
  },
  zoomed: async () => {
    for (const key of ["+", "+", "+", "Shift+ArrowLeft"]) await page.keyboard.press(key);
  },
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
const SCREENS = { all: "many", verdicts: "judged", trips: "cvat", send: "cvat", sending: "uploading", load: "cvat", discard: "cvat", decided: "review", filters: "review", accept: "review", keys: "review", people: "review", apply: "review", zoomed: "review" };
const STATES = ["scan", "linear", "pairs", "groups", "review", "exploded", "beside", "chain", "unnamed", "judged", "fewest", "ios", "restricted", "stale", "many", "long", "one", "nothing", "empty", "unscanned", "nofield", "scanning", "queued", "failed", "broken", "opening"];
const asked = process.argv.slice(2);
const states = asked.length > 0 ? asked : [...STATES, ...Object.keys(acts).map((act) => `${SCREENS[act] ?? "scan"}:${act}`), "unconfigured:send", "nourl:send"];
for (const state of states) {
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
      const { violations } = await new AxeBuilder({ page }).options({ resultTypes: ["violations"] }).analyze();
      for (const { id, impact, nodes } of violations.filter(({ impact }) => impact === "serious" || impact === "critical")) {
        console.log(`${state} ${mode} ${width}: ${impact} ${id}: ${nodes.map((node) => node.target.join(" ")).join("; ")}`);
      }
      await page.screenshot({ path: `${out}${state.replace(":", "_")}-${mode}-${width}.png` });
    }
  }
}
await close();
