/** Actions that change labels, and undo changes. */
import type { AnswerOf, Confirmed, Source, Summary } from "../protocol/messages";
import { type Model, planOf } from "../state/model";
import { NOTHING_REMEMBERED } from "../state/cut/remembered";
import type { Tabs } from "../state/scan/tabs";
import { counted } from "../words/format";
import { outcomeText, undoneText } from "../words/history";
import { mergedText } from "../words/byVerdicts";
import { replacedText } from "../words/tags";
import type { Context } from "./context";

export type Written = AnswerOf<"untag_labels">;

export function tagOf(model: Model): string {
  return model.overview?.tag ?? "duplicate";
}

export function editActions({ ask, dispatch, model, say, openKey, writeWith }: Context, refresh: () => Promise<void>) {
  function report(message: string, done: Written): void {
    const key = done.restore_key;
    dispatch({ type: "retagged", tagged: done.tagged });
    say(outcomeText(message, done), key === null ? null : { label: "Undo", run: () => void restore(key) });
  }

  /**
   * Replaces a scan by its updated summary, unless the user has opened another one since it was asked for. The cut is
   * kept, and so are the tabs if they are given.
   */
  async function takeOver(from: string | null, summary: Summary | null, tabs?: Tabs): Promise<void> {
    if (summary === null || openKey() !== from) return;
    const { cut } = model();
    dispatch({ type: "scan", summary, remembered: NOTHING_REMEMBERED });
    if (cut !== null) dispatch({ type: "cut", change: { ...cut, settled: cut.threshold } });
    if (tabs !== undefined) dispatch({ type: "tabs", change: tabs });
    const answer = await ask("list_scans", {});
    if (answer !== null) dispatch({ type: "scans", scans: answer.scans });
  }

  const unit = () => model().scan?.summary.unit ?? "image";

  /** Reports a write and offers to undo it, then updates the numbers. */
  async function conclude(message: string, done: Written, from: string | null = null, summary: Summary | null = null): Promise<void> {
    report(message, done);
    await takeOver(from, summary);
    await refresh();
  }

  async function tagLabels(): Promise<void> {
    const plan = planOf(model());
    if (plan === null) return;
    const tag = tagOf(model());
    const done = await writeWith("tag", (run_id) => ask("tag_labels", { ...plan, tag, run_id }));
    if (done === null) return;
    await conclude(`Tagged ${counted(done.labels, "label")} in ${counted(done.images, unit())} “${tag}”${replacedText(done)}`, done);
  }

  async function untagLabels(): Promise<void> {
    const scanKey = openKey();
    if (scanKey === null) return;
    const tag = tagOf(model());
    const done = await writeWith("untag", (run_id) => ask("untag_labels", { scan_key: scanKey, tag, run_id }));
    if (done === null) return;
    await conclude(`Removed the tag “${tag}” from ${counted(done.labels, "label")}`, done);
  }

  async function deleteLabels(source: Source, confirmed: Confirmed): Promise<void> {
    const plan = planOf(model());
    if (plan === null) return;
    const request = { ...plan, source, tag: tagOf(model()), ...confirmed };
    const done = await writeWith("delete", (run_id) => ask("delete_labels", { ...request, run_id }));
    if (done === null) return;
    await conclude(`Deleted ${counted(done.labels, "label")} in ${counted(done.images, unit())}${mergedText(done.merged)}`, done, plan.scan_key, done.summary);
  }

  async function restore(restoreKey: string): Promise<void> {
    const request = { restore_key: restoreKey, scan_key: openKey(), tag: tagOf(model()) };
    const done = await writeWith("restore", (run_id) => ask("restore", { ...request, run_id }));
    if (done === null) return;
    const message = undoneText(done, unit());
    dispatch({ type: "retagged", tagged: done.tagged });
    say(outcomeText(message, done));
    await takeOver(request.scan_key, done.summary);
    await refresh();
  }

  /** The newest writes to the dataset; `null` after a failure. */
  function listActions(): Promise<AnswerOf<"list_actions"> | null> {
    return ask("list_actions", {});
  }

  return { conclude, takeOver, tagLabels, untagLabels, deleteLabels, restore, listActions };
}
