// What changes labels: tag, untag, delete, and their undo.
import assert from "node:assert/strict";
import { at, page } from "../../app.mjs";
import { changes, confirmed, undone, writing } from "../changes.mjs";
import { removedAt, tagged } from "../oracle.mjs";
import { cutNow } from "../requests.mjs";
import { isEnabled, isIn, number, text } from "../shown.mjs";

export async function tag() {
  if (!(await isEnabled("tag"))) return;
  const onButton = await text("tag");
  const cut = await cutNow();
  const [earlier, known] = [new Set(tagged(cut)), removedAt(cut)];
  await writing(() => at("tag").click());
  const now = tagged(cut);
  // out of date, it promises no number
  if (!/\d/.test(onButton)) return;
  const byHand = number(/([\d,]+) tagged by hand/.exec(await text("message"))?.[1]);
  assert.equal(now.length, number(onButton) + byHand, `${onButton} tagged ${now.length}`);
  if (known === null) return;
  const wanted = new Set(known.map(({ id }) => id));
  assert.deepEqual([...wanted].filter((id) => !now.includes(id)), [], "labels of the plan without the tag");
  assert.deepEqual(now.filter((id) => !wanted.has(id) && !earlier.has(id)), [], "labels that got a tag and are not of the plan");
}

export async function untag() {
  if (!(await isEnabled("untag"))) return;
  const cut = await cutNow();
  assert.equal(tagged(cut).length, number(await text("untag")), "the number on Untag");
  await writing(() => at("untag").click());
  assert.deepEqual(tagged(cut), []);
}

export async function remove() {
  if (await isEnabled("delete")) await confirmed("delete", await cutNow());
}

export async function undo() {
  // the undo of a rule changes no label
  if ((await text("message")).startsWith("From now on")) return;
  if ((await text("message-action")) === "Undo") await undone(() => at("message-action").click(), "Undo");
}

export async function restore() {
  if (changes.length === 0 || !(await isEnabled("history"))) return;
  await at("history").click();
  await at("history-entry").first().waitFor();
  // it lists the newest actions, all of which may be undone already
  if (!(await isIn("restore"))) return page.keyboard.press("Escape");
  await undone(() => at("restore").first().click(), "History");
}
