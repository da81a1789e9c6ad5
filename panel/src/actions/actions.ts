/** What a person can do in the panel. */
import type { Context } from "./context";
import { cvatActions } from "./cvat";
import { exportActions } from "./exports";
import { leftOutText } from "../words/format";
import type { Cut } from "../state/cut";
import type { Look } from "../state/tabs";
import { planOf } from "../state/model";
import { toggled } from "../state/scan";
import { NOTHING_STORED, type Stored } from "../state/remembered";
import { reviewActions } from "./review";
import type { AnswerOf, ClassName, Run, ScanRequest, Source } from "../protocol/messages";
import { tagOf, writeActions } from "./edits";

export type Actions = ReturnType<typeof makeActions>;

export function makeActions(context: Context) {
  const { ask, dispatch, model, host } = context;

  async function start(stored: Stored): Promise<void> {
    const overview = await ask("open_panel", {});
    if (overview === null) return;
    const newest = overview.scans[0]?.scan_key ?? null;
    const known = overview.scans.some((entry) => entry.scan_key === stored.scanKey);
    const scanKey = known ? stored.scanKey : newest;
    dispatch({ type: "opened", overview, awaitingScan: scanKey !== null });
    if (scanKey !== null) await openScan(scanKey, stored);
  }

  async function restart(): Promise<void> {
    dispatch({ type: "failed", failure: null });
    await start(NOTHING_STORED);
  }

  async function openScan(scanKey: string, stored: Stored = NOTHING_STORED): Promise<void> {
    dispatch({ type: "opening" });
    const answer = await ask("open_scan", { scan_key: scanKey });
    if (answer !== null) dispatch({ type: "scan", summary: answer.summary, stored });
  }

  async function refresh(): Promise<void> {
    const scanKey = model().scan?.summary.scan_key ?? null;
    const answer = await ask("refresh", { scan_key: scanKey, tag: tagOf(model()) });
    if (answer !== null) dispatch({ type: "refreshed", ...answer });
  }

  /** The stored scan of a finished run takes the place of the one that is open. */
  async function finishRun(run: Run): Promise<void> {
    const overview = await ask("open_panel", {});
    if (overview !== null) dispatch({ type: "opened", overview, awaitingScan: run.scan_key !== null });
    if (run.scan_key !== null) await openScan(run.scan_key);
  }

  async function startScan(request: ScanRequest): Promise<void> {
    dispatch({ type: "failed", failure: null });
    const answer = await ask("start_scan", request);
    if (answer !== null) dispatch({ type: "run", run: answer.run });
  }

  async function rescan(): Promise<void> {
    const { scan } = model();
    if (scan === null) return;
    const answer = await ask("rescan", { scan_key: scan.summary.scan_key });
    if (answer !== null) dispatch({ type: "run", run: answer.run });
  }

  let listed = 0;

  /** Runs unasked, so a failure is not shown. */
  async function listScans(): Promise<void> {
    const reply = await host().ask("list_scans", {}, ++listed);
    if (reply.ok) dispatch({ type: "scans", scans: reply.answer.scans });
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
    if (model().scan?.summary.scan_key === scanKey) dispatch({ type: "closed" });
    host().notify("The stored scan is gone. No label was changed.", "success");
  }

  const openKey = () => model().scan?.summary.scan_key ?? null;
  let openWhenAsked: string | null = null;

  /** Runs a write or an export, one at a time. */
  async function busyWith<T>(name: string, work: () => Promise<T>): Promise<T | null> {
    if (model().busy !== null) return null;
    openWhenAsked = openKey();
    dispatch({ type: "failed", failure: null });
    dispatch({ type: "busy", busy: name });
    try {
      return await work();
    } finally {
      dispatch({ type: "busy", busy: null });
    }
  }

  async function show(mode: "samples" | "labels" | "patches"): Promise<void> {
    const plan = planOf(model());
    if (plan === null) return;
    const shown = await busyWith("show", () => ask("show_labels", { ...plan, mode }));
    if (shown !== null && shown.left_out > 0) host().notify(leftOutText(shown.left_out), "info");
  }

  async function clearView(): Promise<void> {
    await busyWith("show", () => ask("clear_view", {}));
  }

  /** What a deletion would take, as the server sees it now; `null` after a failure. */
  async function previewDelete(source: Source): Promise<AnswerOf<"preview_delete"> | null> {
    const plan = planOf(model());
    return plan === null ? null : ask("preview_delete", { ...plan, source, tag: tagOf(model()) });
  }

  function changeCut(change: Partial<Cut>): void {
    dispatch({ type: "cut", change });
  }

  function changeLook(change: Partial<Look>): void {
    dispatch({ type: "look", change });
  }

  function toggleClass(name: ClassName): void {
    const { cut } = model();
    if (cut !== null) changeCut({ restriction: toggled(cut.restriction, name) });
  }

  const writes = writeActions(context, busyWith, refresh, () => openKey() === openWhenAsked);

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
    clearView,
    previewDelete,
    changeCut,
    changeLook,
    toggleClass,
    clearRestriction: () => changeCut({ restriction: null }),
    ...writes,
    ...cvatActions(context, busyWith, writes.conclude),
    ...reviewActions(context, busyWith, writes.takeOver, refresh),
    ...exportActions(context, busyWith),
    dismissRun: () => dispatch({ type: "run", run: null }),
    dismissFailure: () => dispatch({ type: "failed", failure: null }),
  };
}
