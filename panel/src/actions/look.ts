/** Looks at what was changed elsewhere: by another browser, or by a program. */
import type { AnswerOf, ScanEntry, Summary } from "../protocol/messages";
import { isRejudged } from "../state/scan/freshness";
import type { Tabs } from "../state/scan/tabs";
import type { Context } from "./context";
import { tagOf } from "./edits";

type TakeOver = (from: string | null, summary: Summary | null, tabs: Tabs) => Promise<void>;

export function lookActions({ ask, dispatch, model, host, openKey }: Context, takeOver: TakeOver) {
  /** The state of the dataset when it was looked at last. */
  let seen: AnswerOf<"refresh">["seen"] | null = null;
  let listed = 0;

  async function refresh(): Promise<void> {
    const scanKey = openKey();
    const answer = await ask("refresh", { scan_key: scanKey, tag: tagOf(model()) });
    if (answer === null) return;
    seen = answer.seen;
    const { freshness: before, review } = model();
    const { freshness, opened } = answer;
    dispatch({ type: "refreshed", targets: answer.targets, viewRefused: answer.view_refused, planView: answer.plan_view, slice: answer.slice, freshness });
    if (scanKey === null) return;
    // another browser deleted labels, or undid that: the answer is about the scan after it
    if (opened !== null && opened !== scanKey) {
      const after = await ask("open_scan", { scan_key: opened });
      return takeOver(scanKey, after?.summary ?? null, model().tabs);
    }
    // Review counts its own verdicts, and what is opened is counted by the present ones
    if (review.open || before === null || freshness === null || !isRejudged(freshness)) return;
    const now = await readScan();
    if (now !== null) takeCounts(now);
  }

  /** The open scan, counted by the present verdicts. */
  async function readScan(): Promise<AnswerOf<"open_scan"> | null> {
    const scanKey = openKey();
    return scanKey === null ? null : ask("open_scan", { scan_key: scanKey });
  }

  function takeCounts({ summary }: AnswerOf<"open_scan">): void {
    dispatch({ type: "reread", summary });
  }

  /** Runs unasked, so a failure is not shown. */
  async function listScans(): Promise<void> {
    const stored = (scans: readonly ScanEntry[]) => JSON.stringify(scans.map(({ scan_key, created_at }) => [scan_key, created_at]));
    const known = stored(model().scans);
    const reply = await host().ask("list_scans", {}, ++listed);
    if (!reply.ok) return;
    const { scans, seen: now } = reply.answer;
    dispatch({ type: "scans", scans });
    // Review follows the verdicts itself
    const isNew = seen !== null && (now.samples !== seen.samples || (now.verdicts !== seen.verdicts && !model().review.open));
    if (isNew || stored(scans) !== known) await refresh();
  }

  return { refresh, readScan, takeCounts, listScans };
}
