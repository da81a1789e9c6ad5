// The layout of the panel at the sizes that it has beside the grid. The replies of the server are examples.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openHarness } from "../ui/harness/serve.mjs";

const WIDTHS = [340, 445, 550];
const HEIGHT = 700;
const { page, base, close } = await openHarness();
after(close);

async function open(state, width) {
  await page.setViewportSize({ width, height: HEIGHT });
  await page.goto(`${base}?state=${state}`);
  await page.waitForSelector('[data-cy="tab-groups"]');
  await page.waitForSelector('[data-cy="delete"]:enabled');
}

/** The texts in buttons, fields and tabs that are wider than their place. */
const cutOff = () =>
  page.evaluate(() => {
    const places = document.querySelectorAll('[data-cy="actions"] button, [data-cy="decision"] [role="combobox"], [data-cy="keep"], [role="tablist"], [data-cy="class-row"], [data-cy="sentence"]');
    return [...places].filter((place) => place.scrollWidth > place.clientWidth + 1).map((place) => place.textContent);
  });

const boxOf = (cy) => page.locator(`[data-cy="${cy}"]`).first().boundingBox();

for (const width of WIDTHS)
  for (const state of ["scan", "likelihood", "stale"]) {
    test(`${state} at ${width} px: the tabs are in sight, and no text is cut off`, async () => {
      await open(state, width);
      const [tabs, foot] = [await boxOf("tab-groups"), await boxOf("actions")];
      assert.ok(tabs.y + tabs.height <= foot.y, `tabs to ${tabs.y + tabs.height}, buttons from ${foot.y}`);
      assert.deepEqual(await cutOff(), []);
    });
  }

test("a click on a tab scrolls to its list, and the cut folds above it", async () => {
  await open("stale", 340);
  await page.locator('[data-cy="tab-pairs"]').click();
  await page.waitForSelector('[data-cy="folded-cut"]');
  const [row, foot] = [await boxOf("class-pair-row"), await boxOf("actions")];
  assert.ok(row.y + row.height < foot.y, `a row to ${row.y + row.height}, buttons from ${foot.y}`);
});
