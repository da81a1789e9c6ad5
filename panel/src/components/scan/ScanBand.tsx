import * as React from "react";
import type { Actions } from "../../actions/actions";
import type { AnswerOf, Failure, Freshness, Run, ScanEntry, Summary, Target } from "../../protocol/messages";
import { isUnderWay } from "../../state/model";
import { unitIn } from "../../words/format";
import { whyOld } from "../../words/freshness";
import { Band } from "../widgets/Band";
import { ErrorBox } from "../widgets/ErrorBox";
import { NewerLine } from "./NewerLine";
import { RunProgress } from "../widgets/RunProgress";
import { ScanForm } from "./ScanForm";
import { ScanLine } from "./ScanLine";
import { ScansMenu } from "./ScansMenu";
import { StaleLine } from "./StaleLine";
import { useNow } from "./useNow";

interface Props {
  readonly overview: AnswerOf<"open_panel">;
  readonly targets: readonly Target[];
  readonly viewRefused: string | null;
  readonly slice: string | null;
  readonly scans: readonly ScanEntry[];
  /** A scan that was stored elsewhere and not opened yet. */
  readonly newer: string | null;
  readonly summary: Summary | null;
  readonly freshness: Freshness | null;
  readonly run: Run | null;
  readonly failure: Failure | null;
  readonly width: number;
  readonly actions: Actions;
}

/** The scan form, the run in progress, and the open scan with its freshness. */
export const ScanBand = React.memo(function ScanBand(props: Props) {
  const { overview, targets, viewRefused, slice, scans, newer, summary, freshness, run, failure, width, actions } = props;
  const now = useNow(summary);
  const old = whyOld(freshness, summary?.unit ?? "image");
  const scanning = isUnderWay(run);
  const { slices } = overview.dataset;
  const datasetSlices = React.useMemo(() => ({ slices, active: slice }), [slices, slice]);
  return (
    <Band aria-label="Scan">
      <ScanForm fields={overview.fields} targets={targets} viewRefused={viewRefused} slices={datasetSlices} shown={summary?.params ?? null} unit={unitIn(overview)} disabled={scanning} width={width} onScan={actions.startScan} />
      {run !== null && <RunProgress run={run} onCancel={actions.cancelRun} onDismiss={actions.dismissRun} />}
      {failure !== null && <ErrorBox failure={failure} onDismiss={actions.dismissFailure} />}
      <ScanLine summary={summary} freshness={freshness} now={now}>
        <ScansMenu
          scans={scans}
          openKey={summary?.scan_key ?? null}
          now={now}
          onOpen={actions.openScan}
          onRename={actions.renameScan}
          onDelete={actions.deleteScan}
        />
      </ScanLine>
      {newer !== null && <NewerLine first={summary === null} disabled={scanning} onOpen={() => void actions.openScan(newer)} />}
      {old !== null && <StaleLine why={old} disabled={scanning} onRescan={actions.rescan} />}
    </Band>
  );
});
