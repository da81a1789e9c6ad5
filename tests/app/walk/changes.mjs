// The rules of a change: a button does what its number says, no object loses every label unasked, and undo brings back the bytes.
import assert from "node:assert/strict";
import { ask, at } from "../app.mjs";
import { objectsAt, removedAt, removedByVerdicts, tagged } from "./oracle.mjs";
import { settled, until } from "./requests.mjs";
import { random } from "./seed.mjs";
import { isEnabled, isIn, number, text } from "./shown.mjs";

/** The state that undo must restore: the digests before each change, the newest last. */
export const changes = [];

/** Does something that changes labels, and notes what its undo must bring back. */
export async function writing(work) {
  const digest = ask("digest");
  await work();
  await settled();
  if (ask("digest") !== digest) changes.push(digest);
}

/** Undoes the newest change: every byte is as it was before. */
export async function undone(click, by) {
  const digest = changes.pop();
  await click();
  await settled();
  if (digest !== undefined) assert.equal(ask("digest"), digest, `${by} did not bring back the bytes`);
}

/** Opens the dialog of a button, and mostly confirms it: then exactly these labels are deleted, and no object is emptied without consent. */
export async function confirmed(cy, cut) {
  const onButton = number(await text(cy));
  const known = removedAt(cut);
  await at(cy).click();
  await at("delete-dialog").waitFor();
  await until(async () => /^Delete \d/.test(await text("delete-confirm")), "the count of the dialog");
  const count = number(await text("delete-confirm"));
  if (onButton > 0) assert.equal(count, onButton, "the button and its dialog differ");
  // that IoS is noisy is no reason to empty an object
  if ((await isIn("delete-sure")) && random() < 0.5) await at("delete-sure").click();
  if (random() < 0.3 || !(await isEnabled("delete-confirm"))) {
    // labels of an object that would be emptied need a consent, which this walk never gives
    await at("delete-cancel").click();
    return at("delete-dialog").waitFor({ state: "hidden" });
  }
  const byTag = (await isIn("delete-tagged")) && (await at("delete-tagged").isChecked());
  const before = ask("labels", cut.field).map(({ id }) => id);
  const byVerdicts = removedByVerdicts(cut);
  const objects = cut.other === null && cut.metric !== "Likelihood" ? objectsAt(cut) : [];
  const wanted = byTag ? tagged(cut) : cy === "delete" ? known?.map(({ id }) => id) : cut.classes !== null || cut.other !== null || !cut.isCurrent ? undefined : before.filter((id) => byVerdicts.has(id));
  await writing(async () => {
    await at("delete-confirm").click();
    await until(() => ask("labels", cut.field).length !== before.length, "the deletion");
  });
  const left = new Set(ask("labels", cut.field).map(({ id }) => id));
  const deleted = before.filter((id) => !left.has(id));
  assert.equal(deleted.length, count, `Delete ${count} deleted ${deleted.length}`);
  if (wanted !== undefined) assert.deepEqual([...deleted].sort(), [...wanted].sort(), "other labels were deleted than those of the cut");
  const emptied = objects.filter((ids) => ids.every((id) => !left.has(id)) && !ids.every((id) => byVerdicts.has(id)));
  assert.deepEqual(emptied, [], "objects lost every label unasked");
}
