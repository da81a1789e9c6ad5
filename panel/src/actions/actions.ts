/** The user's actions in the panel. */
import type { AnswerOf, Run, ScanEntry, Source } from "../protocol/messages";
import { formIn, holdsClassRule, scanRequest } from "../state/current";
import type { ScanFormValues } from "../state/scan/scanForm";
import { planOf } from "../state/model";
import { beginWith, NOTHING_REMEMBERED, type Remembered } from "../state/cut/remembered";
import { isRejudged } from "../state/scan/freshness";
import type { Tabs } from "../state/scan/tabs";
import { patchesText } from "../words/format";
import { unchangedText } from "../words/scan";
import { makeContext, type Surroundings } from "./context";
import { cutActions } from "./cut";
import { cvatActions } from "./cvat";
import { editActions, tagOf } from "./edits";
import { exportActions } from "./exports";
import { reviewActions } from "./review";
import { verdictActions } from "./verdicts";

export type Actions = ReturnType<typeof makeActions>;

export function makeActions(surroundings: Surroundings) {
  const context = makeContext(surroundings);
  const { ask, dispatch, model, host, say, openKey, busyWith, noteOwnView } = context;

  const cuts = cutActions(context);

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

  async function refresh(): Promise<void> {
    const scanKey = openKey();
    const answer = await ask("refresh", { scan_key: scanKey, tag: tagOf(model()) });
    if (answer === null) return;
    const { freshness: before, review } = model();
    const { freshness } = answer;
    dispatch({ type: "refreshed", targets: answer.targets, viewRefused: answer.view_refused, planView: answer.plan_view, slice: answer.slice, freshness });
    // Review counts its own verdicts, and what is opened is counted by the present ones
    if (scanKey === null || review.open || before === null || freshness === null || !isRejudged(freshness)) return;
    const now = await ask("open_scan", { scan_key: scanKey });
    if (now !== null) dispatch({ type: "reread", summary: now.summary });
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

  let listed = 0;

  /** Runs unasked, so a failure is not shown. Another tab may have made a scan because it changed labels. */
  async function listScans(): Promise<void> {
    const stored = (scans: readonly ScanEntry[]) => JSON.stringify(scans.map(({ scan_key, created_at }) => [scan_key, created_at]));
    const known = stored(model().scans);
    const reply = await host().ask("list_scans", {}, ++listed);
    if (!reply.ok) return;
    dispatch({ type: "scans", scans: reply.answer.scans });
    if (stored(reply.answer.scans) !== known) await refresh();
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
    const done = await busyWith("show", () => ask("restore_view", { own_view: model().ownView }));
    if (done !== null) host().setFilters(JSON.parse(done.filters) as Record<string, unknown>);
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

  const edits = editActions(context, refresh);

  return {
    start,
    restart,
    openScan,
    refresh,
    finishRun,
    startScan,
    rescan,
    listScans,
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
