// The rules of the screen: the sentence is true, and every number on a button is that of the labels it acts on.
import assert from "node:assert/strict";
import { ask, callOperator } from "../app.mjs";
import { imagesOf, isOf, isTagged, removedAt } from "./oracle.mjs";
import { cutNow, plan, settled } from "./requests.mjs";
import { isEmpty, isIn, isOutOfDate, number, text } from "./shown.mjs";

/** The number of comparisons of the sentence with the rules alone, and with the operator. */
export const compared = { rules: 0, operator: 0 };

/** The sentence, the cut, and what the rules make of it, of one moment: a late answer may change them in between. */
async function shownAtOnce() {
  for (;;) {
    const said = await text("sentence");
    const cut = await cutNow();
    const known = removedAt(cut);
    if ((await text("sentence")) === said && said !== "") return [said, cut, known];
    await settled();
  }
}

/** The sentence says what the rules alone make of the labels, and what an operator, called from Python, would delete. */
export async function checkSentence(step) {
  if ((await isIn("review")) || (await isEmpty()) || (await isIn("of-scan")) || (await isOutOfDate())) return;
  const [said, cut, known] = await shownAtOnce();
  const removed = /nothing would|no label of/i.test(said) ? 0 : number(/[\d,]+(?=\s+of [\d,]+ label)/.exec(said)?.[0]);
  const images = number(/in ([\d,]+) image/.exec(said)?.[1]);
  const where = `${step}: the sentence says “${said}” at ${JSON.stringify(cut)}`;
  if (known !== null) {
    compared.rules++;
    assert.equal(removed, known.length, `${where}, the rules remove ${known.length} labels`);
    if (known.length > 0) assert.equal(images, imagesOf(known), where);
  }
  const all = ask("labels", cut.field, cut.scan_key);
  if (removed > 0 && cut.classes !== undefined) assert.equal(number(/of ([\d,]+) label/.exec(said)?.[1]), all.filter(isOf(cut.classes)).length, where);
  // asking FiftyOne takes longer than the click; an operator takes the class rule of the scan alone
  if (cut.classes === null && !cut.classwise && (known === null || compared.rules % 2 === 1)) {
    // a scan that was just opened has not been asked about: its method is on the screen
    const { scan_key, threshold: iou_thresh, method, metric, classwise } = cut;
    const keep = cut.keep === "" ? [] : plan.keep;
    const asked = { scan_key, iou_thresh, method, keep, metric: metric.toLowerCase(), classwise, dry_run: true };
    const { count } = callOperator("delete_duplicates", asked);
    compared.operator++;
    assert.equal(removed, count, `${where}, the operator removes ${count} labels`);
  }
  await checkButtons(step, removed, all.filter(isTagged).length);
}

/** No number on a button is another one than that of what it acts on. */
async function checkButtons(step, removed, tags) {
  const expected = { tag: removed, untag: tags, delete: tags > 0 ? tags : removed };
  for (const [cy, count] of Object.entries(expected)) {
    const said = await text(cy);
    if (/\d/.test(said)) assert.equal(number(said), count, `${step}: the button says “${said}”`);
  }
}
