/** What changes labels, and what takes it back. */
import type { Context } from "./context";
import { counted } from "../words/format";
import { changedText, operationText } from "../words/history";
import type { Look } from "../state/tabs";
import { type Model, planOf } from "../state/model";
import { NOTHING_STORED } from "../state/remembered";
import type { AnswerOf, Source, Summary } from "../protocol/messages";

type BusyWith = <T>(name: string, work: () => Promise<T>) => Promise<T | null>;
export type Written = AnswerOf<"tag_labels">;

export function tagOf(model: Model): string {
  return model.overview?.tag ?? "duplicate";
}

export function writeActions({ ask, dispatch, model, host }: Context, busyWith: BusyWith, refresh: () => Promise<void>, isStillOpen: () => boolean) {
  function tell(told: string, done: Written): void {
    const key = done.restore_key;
    dispatch({ type: "retagged" });
    const undo = key === null ? undefined : { label: "Undo", run: () => void restore(key) };
    host().notify(changedText(told, done.skipped), "success", undo);
  }

  /**
   * The scan that holds now takes the place of the one that is open, unless another was opened meanwhile; the cut stays where it is,
   * and what is looked at if it is to.
   */
  async function takeOver(summary: Summary | null, kept?: Look): Promise<void> {
    if (summary === null || !isStillOpen()) return;
    const { cut } = model();
    dispatch({ type: "scan", summary, stored: NOTHING_STORED });
    if (cut !== null) dispatch({ type: "cut", change: { ...cut, settled: cut.threshold } });
    if (kept !== undefined) dispatch({ type: "look", change: kept });
    const overview = await ask("open_panel", {});
    if (overview !== null) dispatch({ type: "scans", scans: overview.scans });
  }

  const unit = () => model().scan?.summary.unit ?? "image";

  /** After a write: what was done and the way back, then the numbers that hold now. */
  async function conclude(told: string, done: Written, now: Summary | null = null): Promise<void> {
    tell(told, done);
    await takeOver(now);
    await refresh();
  }

  async function tagLabels(): Promise<void> {
    const plan = planOf(model());
    if (plan === null) return;
    const tag = tagOf(model());
    const done = await busyWith("tag", () => ask("tag_labels", { ...plan, tag }));
    if (done === null) return;
    await conclude(`Tagged ${counted(done.labels, "label")} in ${counted(done.images, unit())} “${tag}”`, done);
  }

  async function untagLabels(): Promise<void> {
    const scanKey = model().scan?.summary.scan_key;
    if (scanKey === undefined) return;
    const tag = tagOf(model());
    const done = await busyWith("untag", () => ask("untag_labels", { scan_key: scanKey, tag }));
    if (done === null) return;
    await conclude(`Took the tag “${tag}” off ${counted(done.labels, "label")}`, done);
  }

  async function deleteLabels(source: Source, expected: number, sure: boolean): Promise<void> {
    const plan = planOf(model());
    if (plan === null) return;
    const request = { ...plan, source, tag: tagOf(model()), expected, sure };
    const done = await busyWith("delete", () => ask("delete_labels", request));
    if (done === null) return;
    await conclude(`Deleted ${counted(done.labels, "label")} in ${counted(done.images, unit())}`, done, done.summary);
  }

  async function restore(restoreKey: string): Promise<void> {
    const scanKey = model().scan?.summary.scan_key ?? null;
    const request = { restore_key: restoreKey, scan_key: scanKey, tag: tagOf(model()) };
    const done = await busyWith("restore", () => ask("restore", request));
    if (done === null) return;
    const told = `${operationText(done.operation)}: ${counted(done.labels, "label")} in ${counted(done.images, unit())} are as they were`;
    dispatch({ type: "retagged" });
    host().notify(changedText(told, done.skipped), "success");
    await takeOver(done.summary);
    await refresh();
  }

  /** The newest writes on the dataset; `null` after a failure. */
  function listActions(): Promise<AnswerOf<"list_actions"> | null> {
    return ask("list_actions", {});
  }

  return { conclude, takeOver, tagLabels, untagLabels, deleteLabels, restore, listActions };
}
