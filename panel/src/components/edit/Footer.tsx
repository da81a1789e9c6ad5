import * as React from "react";
import type { Actions } from "../../actions/actions";
import type { Writer } from "../../actions/useWriting";
import type { SelectedLabel } from "../../protocol/review";
import type { Model } from "../../state/model";
import { isUnderWay } from "../../state/run";
import { whyOld } from "../../words/freshness";
import { NewerLine } from "../scan/NewerLine";
import { StaleLine } from "../scan/StaleLine";
import { Band } from "../widgets/Ground";
import { ErrorBox } from "../widgets/ErrorBox";
import { RunProgress } from "../widgets/RunProgress";
import { HistoryMenu } from "./HistoryMenu";
import { StatusLine } from "./StatusLine";
import { TwoLabels } from "./TwoLabels";

interface Props {
  readonly model: Model;
  readonly actions: Actions;
  readonly writer: Writer;
  /** Repeats the request that failed; `null` if there is none to repeat. */
  readonly onRetry: (() => void) | null;
  /** The labels that are selected in the App. */
  readonly selected: readonly SelectedLabel[];
  /** The buttons; they do not move when a notice appears above them. */
  readonly children: React.ReactNode;
}

/** The same in Review, without what refers to the overview. */
export function ReviewNotices({ model, actions, writer }: Omit<Props, "children" | "selected" | "onRetry">) {
  const { failure, message, busy, run } = model;
  if (failure === null && message === null && run === null && busy === null) return null;
  return (
    <div>
      {failure !== null && <ErrorBox failure={failure} onDismiss={actions.dismissFailure} />}
      {(message !== null || run !== null || busy !== null) && <StatusLine writer={writer} run={run} message={message} busy={busy !== null} onCancel={actions.cancelRun} onDismiss={actions.dismissRun} />}
    </div>
  );
}

/** The bottom of the panel: notices, the buttons, and a line about what is running or was done last. */
export function Footer({ model, actions, writer, onRetry, selected, children }: Props) {
  const { scan, freshness, newer, run, busy, failure, message } = model;
  const old = whyOld(freshness, scan?.summary.unit ?? "image");
  const scanning = isUnderWay(run);
  const exportJournal = React.useCallback((format: "csv" | "json") => void actions.exportTable("journal", format), [actions]);
  return (
    <Band aria-label="Actions" data-foot>
      {run?.state === "failed" && <RunProgress run={run} onCancel={actions.cancelRun} onDismiss={actions.dismissRun} />}
      {failure !== null && <ErrorBox failure={failure} onDismiss={actions.dismissFailure} onRetry={onRetry ?? undefined} />}
      {newer !== null && <NewerLine first={scan === null} disabled={scanning} onOpen={() => void actions.openScan(newer)} />}
      {old !== null && <StaleLine why={old} disabled={scanning} onRescan={actions.rescan} />}
      {scan !== null && <TwoLabels scanKey={scan.summary.scan_key} selected={selected} actions={actions} />}
      {children}
      <StatusLine writer={writer} run={run} message={message} busy={busy !== null} onCancel={actions.cancelRun} onDismiss={actions.dismissRun}>
        <HistoryMenu disabled={busy !== null} load={actions.listActions} onRestore={actions.restore} onExport={exportJournal} />
      </StatusLine>
    </Band>
  );
}
