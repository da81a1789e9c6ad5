import * as React from "react";
import type { Actions } from "../../actions/actions";
import { unitIn } from "../../words/format";
import { isUnderWay } from "../../state/runs";
import { whyOld } from "../../words/freshness";
import type { AnswerOf, Failure, Run, ScanEntry, Standing, Summary, Target } from "../../protocol/messages";
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
  readonly slice: string | null;
  readonly scans: readonly ScanEntry[];
  /** A scan that was stored elsewhere and not opened yet. */
  readonly newer: string | null;
  readonly summary: Summary | null;
  readonly standing: Standing | null;
  readonly run: Run | null;
  readonly failure: Failure | null;
  readonly width: number;
  readonly actions: Actions;
}

/** What is scanned: the form, the run under way, the scan that is open and how it stands to the dataset. */
export const ScanBand = React.memo(function ScanBand(props: Props) {
  const { overview, targets, slice, scans, newer, summary, standing, run, failure, width, actions } = props;
  const now = useNow(summary);
  const old = whyOld(standing, summary?.unit ?? "image");
  const scanning = isUnderWay(run);
  const { slices } = overview.dataset;
  const facts = React.useMemo(() => ({ slices, active: slice }), [slices, slice]);
  return (
    <Band aria-label="What is scanned">
      <ScanForm fields={overview.fields} targets={targets} slices={facts} shown={summary?.params ?? null} unit={unitIn(overview)} disabled={scanning} width={width} onScan={actions.startScan} />
      {run !== null && <RunProgress run={run} onCancel={actions.cancelRun} onDismiss={actions.dismissRun} />}
      {failure !== null && <ErrorBox failure={failure} onDismiss={actions.dismissFailure} />}
      <ScanLine summary={summary} standing={standing} now={now}>
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
