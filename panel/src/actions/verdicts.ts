/** The messages of Review. Verdicts change no label. */
import type { AnswerOf, Picture, Summary } from "../protocol/messages";
import { planOf } from "../state/model";
import { decisionOf } from "../state/decision/decision";
import { orderOf, type ReviewPlace } from "../state/review/place";
import type { Entry, Person } from "../state/review/sitting";
import type { Asked } from "../state/review/verdicts";
import type { Tabs } from "../state/scan/tabs";
import { counted } from "../words/format";
import { importedText } from "../words/review/files";
import type { Context } from "./context";
import { makeSteps, makeUnsent } from "./unsent";

type TakeOver = (from: string | null, summary: Summary | null, tabs: Tabs) => Promise<void>;

/** The side of a picture in pixels: enough for half of a wide screen. */
const SIDE = 960;
/** The browser's storage key for the name of the person who reviews. */
const NAME = "reviewer";
/** The browser's storage key for its own random id. */
const BROWSER = "browser";

/** The name of the person who reviews; empty if it was not given, `null` if it was not asked for. */
export function reviewerOf({ host }: Pick<Context, "host">): string | null {
  return host().browser.read(NAME);
}

export function verdictActions({ ask, dispatch, model, host, say, openKey, busyWith }: Context, takeOver: TakeOver, refresh: () => Promise<void>) {
  let writes = 0;

  function changeReview(change: Partial<ReviewPlace>): void {
    // opening Review is an action, and what the last one did is shown until the next
    if (change.open) dispatch({ type: "said", message: null });
    dispatch({ type: "review", change });
  }

  const orderNow = () => orderOf(model().review.order, model().scan?.summary.params.other_field ?? null);

  async function listQueue(channel = "review_queue"): Promise<AnswerOf<"review_queue"> | null> {
    const plan = planOf(model());
    if (plan === null) return null;
    const { filters } = model().review;
    return ask("review_queue", { ...plan, order: orderNow(), filters, browser: browserId() }, channel);
  }

  async function readGroups(entries: readonly Entry[]): Promise<AnswerOf<"review_groups"> | null> {
    const plan = planOf(model());
    if (plan === null) return null;
    const groups = entries.map(({ document_id, label_ids }) => ({ document_id, label_ids: [...label_ids] }));
    return ask("review_groups", { ...plan, order: orderNow(), groups, who: reviewer() || null, browser: browserId() }, `review_groups ${entries[0]?.key}`);
  }

  async function drawLarge({ key, document_id, label_ids }: Entry): Promise<Picture | null> {
    const scanKey = openKey();
    if (scanKey === null) return null;
    return ask("draw_crop", { scan_key: scanKey, document_id, label_ids: [...label_ids], side: SIDE }, `draw_crop large ${key}`);
  }

  /** Stores verdicts on pairs of one image. The numbers of the cut follow. */
  async function judgePairs(documentId: string, verdicts: readonly Asked[]): Promise<AnswerOf<"judge_pairs"> | null> {
    const { scan, cut } = model();
    const plan = planOf(model());
    if (plan === null || scan === null || cut === null) return null;
    const decision = decisionOf(cut);
    const { scan_key, iou_thresh, classes } = plan;
    const asked = verdicts.map((one) => ({ ...one, label_ids: [...one.label_ids] }));
    const answer = await ask("judge_pairs", { scan_key, document_id: documentId, iou_thresh, ...decision, classes, order: orderNow(), who: reviewer() || null, browser: browserId(), verdicts: asked }, `judge_pairs ${writes++}`);
    if (answer !== null && answer.conflicts.length === 0 && openKey() === scan_key) dispatch({ type: "moved", decision, delta: answer.delta });
    return answer;
  }

  /** Makes the open scan respect the verdicts, once they are no longer edited. */
  async function settleVerdicts(): Promise<void> {
    const scanKey = openKey();
    if (scanKey === null) return;
    const answer = await ask("settle_verdicts", { scan_key: scanKey });
    if (answer === null || openKey() !== scanKey) return;
    await takeOver(scanKey, answer.summary, model().tabs);
    await refresh();
  }

  /** Counts the undecided pairs above a likelihood; nothing is stored. */
  async function countAbove(likelihood: number): Promise<AnswerOf<"accept_above"> | null> {
    const plan = planOf(model());
    if (plan === null) return null;
    return ask("accept_above", { ...plan, filters: model().review.filters, likelihood, who: null, browser: null, digest: null });
  }

  async function acceptAbove(likelihood: number, digest: string): Promise<boolean> {
    const plan = planOf(model());
    if (plan === null) return false;
    const request = { ...plan, filters: model().review.filters, likelihood, who: reviewer() || null, browser: browserId(), digest };
    const done = await busyWith("judge", () => ask("accept_above", request));
    if (done === null) return false;
    say(`Stored ${counted(done.stored, "verdict")} “duplicate”. No label was changed.`);
    await settleVerdicts();
    return true;
  }

  /** Stores the verdicts of a file. An open review is read again and keeps its place. */
  async function importReview(name: string, content: string): Promise<void> {
    const format = /\.json$/i.test(name) ? "json" : "csv";
    const done = await busyWith("judge", () => ask("import_review", { content, format, who: reviewer() || null }));
    if (done === null) return;
    const { open } = model().review;
    if (open) changeReview({ open: false });
    say(importedText(done));
    if (done.stored > 0) await settleVerdicts();
    if (open) dispatch({ type: "review", change: { open } });
  }

  async function reviewProgress(channel = "review_progress"): Promise<AnswerOf<"review_progress"> | null> {
    const scanKey = openKey();
    return scanKey === null ? null : ask("review_progress", { scan_key: scanKey, browser: browserId() }, channel);
  }

  /** The number of labels that verdicts remove; `null` after a failure. */
  async function countReviewed(channel = "preview_delete reviewed"): Promise<number | null> {
    const plan = planOf(model());
    if (plan === null) return null;
    const answer = await ask("preview_delete", { ...plan, source: "reviewed", tag: model().overview?.tag ?? "duplicate" }, channel);
    return answer?.labels ?? null;
  }

  /** The same if there are verdicts that remove labels; without them nothing has to be counted. */
  async function countByVerdicts(): Promise<number | null> {
    const progress = await reviewProgress("review_progress removed");
    if (progress === null) return null;
    const { duplicate, merge, remove_both } = progress.verdicts;
    return duplicate + merge + remove_both === 0 ? 0 : countReviewed("preview_delete by verdicts");
  }

  function reviewAdvice(): Promise<AnswerOf<"review_advice"> | null> {
    const plan = planOf(model());
    return plan === null ? Promise.resolve(null) : ask("review_advice", plan);
  }

  /** Compares the likelihoods with the verdicts on random pairs; `null` after a failure. */
  async function checkLikelihoods(): Promise<AnswerOf<"check_likelihoods"> | null> {
    const scanKey = openKey();
    return scanKey === null ? null : ask("check_likelihoods", { scan_key: scanKey });
  }

  /** Opens a scan like the one shown, with likelihoods that the verdicts recalibrate. */
  async function recalibrate(): Promise<void> {
    const scanKey = openKey();
    if (scanKey === null) return;
    const answer = await busyWith("judge", () => ask("recalibrate", { scan_key: scanKey }));
    if (answer === null) return;
    if (answer.run !== null) dispatch({ type: "run", run: answer.run });
    await takeOver(scanKey, answer.summary, model().tabs);
    await refresh();
  }

  const reviewer = () => reviewerOf({ host });

  /** The random id of this browser, which tells apart two people of one name. */
  function browserId(): string {
    const known = host().browser.read(BROWSER);
    if (known !== null) return known;
    const made = Math.random().toString(36).slice(2, 12);
    host().browser.write(BROWSER, made);
    return made;
  }

  /** Whether it is the person at this browser. Verdicts from Python or earlier versions name no browser. */
  function isOwn({ who, browser }: Person): boolean {
    return browser === null ? (who ?? "") === (reviewer() ?? "") : browser === browserId();
  }

  const unsent = makeUnsent(() => host().browser, () => model().overview?.dataset.name ?? "");

  const steps = makeSteps(() => host().browser, () => model().overview?.dataset.name ?? "");

  return { unsent, steps, changeReview, listQueue, listsUndecided: () => model().review.filters.undecided, readGroups, drawLarge, judgePairs, settleVerdicts, countAbove, acceptAbove, importReview, reviewProgress, countReviewed, countByVerdicts, reviewAdvice, checkLikelihoods, recalibrate, reviewer, isOwn, nameReviewer: (name: string) => host().browser.write(NAME, name.trim()) };
}
