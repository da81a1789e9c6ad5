/** The user's actions in the panel. */
import type { AnswerOf, Run, Source } from "../protocol/messages";
import { formIn, holdsClassRule, scanRequest } from "../state/current";
import type { ScanFormValues } from "../state/scan/scanForm";
import { planOf } from "../state/model";
import { beginWith, NOTHING_REMEMBERED, type Remembered } from "../state/cut/remembered";
import type { Tabs } from "../state/scan/tabs";
import { patchesText } from "../words/format";
import { unchangedText } from "../words/scan";
import { makeContext, type Surroundings } from "./context";
import { cutActions } from "./cut";
import { cvatActions } from "./cvat";
import { editActions, tagOf } from "./edits";
import { exportActions } from "./exports";
import { lookActions } from "./look";
import { reviewActions } from "./review";
import { verdictActions } from "./verdicts";

export type Actions = ReturnType<typeof makeActions>;

export function makeActions(surroundings: Surroundings) {
  const context = makeContext(surroundings);
  const { ask, dispatch, model, host, say, openKey, busyWith, noteOwnView } = context;

  const cuts = cutActions(context);
  const looks = lookActions(context, (from, summary, tabs) => edits.takeOver(from, summary, tabs));
  const { refresh } = looks;
  const edits = editActions(context, refresh);

  async function start(remembered: Remembered): Promise<void> {
    const overview = await ask("open_panel", {});
    if (overview === null) return;
    const chosen = overview.scans.length === 0 ? null : await ask("choose_scan", { scan_key: remembered.scanKey });
    const scanKey = chosen?.opens ?? overview.scans[0]?.scan_key ?? null;
    dispatch({ type: "opened", overview, awaitingScan: scanKey !== null });
    if (scanKey !== null) await openScan(scanKey, beginWith(remembered, overview.settings, scanKey));
  }

  async function restart(): Promise<void> {
    dispatch({ type: "failed", failure: null });
    await start(NOTHING_REMEMBERED);
  }

  async function openScan(scanKey: string, remembered: Remembered = NOTHING_REMEMBERED): Promise<void> {
    dispatch({ type: "opening" });
    const answer = await ask("open_scan", { scan_key: scanKey });
    if (answer !== null) dispatch({ type: "scan", summary: answer.summary, remembered });
  }

  /** Opens the scan that a finished run stored. */
  async function finishRun(run: Run): Promise<void> {
    const overview = await ask("open_panel", {});
    if (overview !== null) dispatch({ type: "opened", overview, awaitingScan: run.scan_key !== null });
    if (run.scan_key !== null) await openScan(run.scan_key);
    say("The scan is finished.");
  }

  async function startScan(background: boolean): Promise<void> {
    dispatch({ type: "failed", failure: null });
    dispatch({ type: "said", message: null });
    const request = scanRequest(formIn(model()), model().scan, background);
    const answer = await ask("start_scan", request);
    if (answer === null) return;
    dispatch({ type: "run", run: answer.run });
    const { unchanged } = answer;
    if (unchanged === null) return;
    // the scan that is open keeps its cut
    await (unchanged === openKey() ? refresh() : openScan(unchanged));
    say(unchangedText(model().scans.find(({ scan_key }) => scan_key === unchanged)?.created_at ?? null));
  }

  async function rescan(): Promise<void> {
    const scanKey = openKey();
    if (scanKey === null) return;
    const answer = await ask("rescan", { scan_key: scanKey });
    if (answer !== null) dispatch({ type: "run", run: answer.run });
  }

  async function cancelRun(): Promise<void> {
    const { run } = model();
    if (run === null) return;
    const answer = await ask("cancel_run", { run_id: run.run_id });
    if (answer !== null) dispatch({ type: "run", run: answer.run });
  }

  async function renameScan(scanKey: string, title: string): Promise<void> {
    const answer = await ask("rename_scan", { scan_key: scanKey, title });
    if (answer !== null) dispatch({ type: "scans", scans: answer.scans });
  }

  async function deleteScan(scanKey: string): Promise<void> {
    const answer = await ask("delete_scan", { scan_key: scanKey });
    if (answer === null) return;
    dispatch({ type: "scans", scans: answer.scans });
    if (openKey() === scanKey) dispatch({ type: "closed" });
    say("The stored scan was deleted. No label was changed.");
  }

  async function show(mode: "samples" | "labels" | "patches"): Promise<void> {
    const plan = planOf(model());
    if (plan === null) return;
    const shown = await busyWith("show", () => ask("show_labels", { ...plan, mode }));
    noteOwnView(shown);
    const text = shown === null ? "" : patchesText(shown.beside, shown.left_out);
    if (text !== "") say(text);
  }

  async function restoreView(): Promise<void> {
    const { ownView } = model();
    const done = await busyWith("show", () => ask("restore_view", { own_view: ownView }));
    if (done === null) return;
    const { view } = JSON.parse(ownView || '{"view":[]}') as { view?: unknown };
    host().setFilters(JSON.parse(done.filters) as Record<string, unknown>, Array.isArray(view) ? view : null);
  }

  /** Counts the labels that a deletion would remove now; `null` after a failure. */
  async function previewDelete(source: Source): Promise<AnswerOf<"preview_delete"> | null> {
    const plan = planOf(model());
    return plan === null ? null : ask("preview_delete", { ...plan, source, tag: tagOf(model()) });
  }

  /** Changes the scan form. */
  function changeForm(change: Partial<ScanFormValues>): void {
    const { sigmas, ...rest } = model().chosen;
    // another field has other points
    const kept = change.labelField !== undefined || sigmas === undefined ? rest : { ...rest, sigmas };
    dispatch({ type: "form", chosen: { ...kept, ...change } });
  }

  /** Restricts the scan shown to pairs of the same class if it holds them, and changes the form otherwise. */
  function changeClassRule(classwise: boolean): void {
    const { scan } = model();
    if (scan !== null && !formIn(model()).isDraft && holdsClassRule(scan, classwise)) cuts.changeCut({ classwise });
    else changeForm({ classwise });
  }

  function changeTabs(change: Partial<Tabs>): void {
    dispatch({ type: "tabs", change });
  }

  return {
    start,
    restart,
    openScan,
    finishRun,
    startScan,
    rescan,
    cancelRun,
    renameScan,
    deleteScan,
    show,
    restoreView,
    previewDelete,
    changeTabs,
    changeForm,
    changeClassRule,
    /** Returns to the scan shown. */
    dropDraft: () => dispatch({ type: "form", chosen: {} }),
    say,
    ...looks,
    ...cuts,
    ...edits,
    ...cvatActions(context, edits.conclude),
    ...reviewActions(context, edits.takeOver, refresh),
    ...verdictActions(context, edits.takeOver, refresh),
    ...exportActions(context),
    dismissRun: () => dispatch({ type: "run", run: null }),
    dismissFailure: () => dispatch({ type: "failed", failure: null }),
  };
}
