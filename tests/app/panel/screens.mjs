// The screens of the panel: barriers in them, and pictures for people to look at.
import assert from "node:assert/strict";
import { AxeBuilder } from "@axe-core/playwright";
import { dismissToasts, isSaving, page, setTheme, shoot } from "../app.mjs";

const WIDTHS = { narrow: 960, middle: 1400, wide: 3120 };
const SERIOUS = new Set(["serious", "critical"]);
const PANEL = '[data-cy="duplicates-panel"]';
/** The rules that a theme can break: it changes nothing but colors. */
const OF_COLORS = ["color-contrast"];

/**
 * Looks for barriers in both themes; saves the screen at three widths if asked to.
 *
 * It leaves the App in the other theme, as a change of theme is slow.
 */
export async function screens(name, { inside = PANEL } = {}) {
  await dismissToasts();
  const isDark = (await page.locator('button[title="Light mode"]').count()) > 0;
  const [theme, other] = isDark ? ["dark", "light"] : ["light", "dark"];
  await inspect(`${name}-${theme}`, axe(inside));
  await setTheme(isDark ? "Light mode" : "Dark mode");
  await inspect(`${name}-${other}`, axe(inside).withRules(OF_COLORS));
}

/** Axe in the page itself: the panel has no frames, whose results another page would join. */
const axe = (inside) => new AxeBuilder({ page }).include(inside).setLegacyMode();

async function inspect(name, rules) {
  if (isSaving) await save(name);
  const { violations } = await rules.analyze();
  const barriers = violations.filter(({ impact }) => SERIOUS.has(impact));
  const told = barriers.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
  assert.deepEqual(told, [], name);
}

async function save(name) {
  for (const [width, pixels] of Object.entries(WIDTHS)) {
    await page.setViewportSize({ width: pixels, height: pixels > 2000 ? 1200 : 900 });
    await page.waitForTimeout(350);
    await shoot(`${name}-${width}`);
  }
  await page.setViewportSize({ width: WIDTHS.middle, height: 900 });
  await page.waitForTimeout(250);
}
