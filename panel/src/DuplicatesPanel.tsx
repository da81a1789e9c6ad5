import * as React from "react";
import { useDuplicates } from "./actions/useDuplicates";
import { useUpload } from "./actions/useUpload";
import { CutBand } from "./components/cut/CutBand";
import { Cvat, CvatUpload } from "./components/cvat/Cvat";
import { ActionBar } from "./components/edit/ActionBar";
import { DeleteDialog } from "./components/edit/DeleteDialog";
import { HistoryMenu } from "./components/edit/HistoryMenu";
import { ScanBand } from "./components/scan/ScanBand";
import { NoField, NothingToCut, NotScanned, Opening } from "./components/scan/screens";
import { Band, PADDING } from "./components/widgets/Band";
import { ErrorBox } from "./components/widgets/ErrorBox";
import { Ground } from "./components/widgets/Ground";
import type { Host } from "./host/host";
import { useWidth } from "./host/useWidth";
import type { Source } from "./protocol/messages";
import { currentOf } from "./state/current";
import { isUnderWay } from "./state/model";
import { formatThreshold } from "./state/thresholds";
import { unitIn } from "./words/format";

export function DuplicatesPanel({ host }: { host: Host }) {
  const { model, actions } = useDuplicates(host);
  const [ref, outer] = useWidth();
  const [deleting, setDeleting] = React.useState(false);
  const [atCvat, setAtCvat] = React.useState(false);
  const showCvat = React.useCallback(() => setAtCvat(true), []);
  const upload = useUpload(host, actions, showCvat);
  const { overview, scan, cut, counted, freshness, run, busy, failure } = model;
  const width = outer - 2 * PADDING;
  const openDialog = React.useCallback(() => setDeleting(true), []);
  const closeDialog = React.useCallback(() => setDeleting(false), []);
  const confirmDelete = React.useCallback(
    (source: Source, expected: number, sure: boolean) => {
      setDeleting(false);
      void actions.deleteLabels(source, expected, sure);
    },
    [actions],
  );

  const exportJournal = React.useCallback((format: "csv" | "json") => void actions.exportTable("journal", format), [actions]);
  const scanning = isUnderWay(run);
  const { counts, numbers, planned, planKey, field, patches, unit, overlaps, tagged, hold } = currentOf(model);
  const cvat = cut !== null && overview !== null && (
    <Cvat
      open={atCvat}
      onOpen={setAtCvat}
      busy={busy !== null}
      readOnly={host.readOnly}
      fields={overview.fields}
      threshold={formatThreshold(cut.settled)}
      tag={overview.tag}
      tagged={tagged}
      planned={hold && numbers !== null ? planned : null}
      upload={upload}
      actions={actions}
      onNotify={(message) => host.notify(message, "success")}
    />
  );

  return (
    <Ground ref={ref} data-cy="duplicates-panel">
      {overview === null && failure === null && <Opening />}
      {overview === null && failure !== null && (
        <Band aria-label="Error">
          <ErrorBox failure={failure} onRetry={() => void actions.restart()} />
        </Band>
      )}
      {overview !== null && overview.fields.length === 0 && <NoField />}
      {overview !== null && overview.fields.length > 0 && outer > 0 && (
        <>
          <ScanBand
            overview={overview}
            targets={model.targets}
            viewRefused={model.viewRefused}
            slice={model.slice}
            scans={model.scans}
            newer={model.newer}
            summary={scan?.summary ?? null}
            freshness={freshness}
            run={run}
            failure={failure}
            width={width}
            actions={actions}
          />
          {scan === null && model.opening && <Opening />}
          {scan === null && !model.opening && !scanning && <NotScanned stored={model.scans.length > 0} unit={unitIn(overview)} />}
          {scan !== null && cut !== null && !overlaps && (
            <>
              <NothingToCut scan={scan} />
              <Band aria-label="Actions" data-foot>
                <div style={{ display: "flex" }}>
                  {cvat}
                  <HistoryMenu disabled={busy !== null} load={actions.listActions} onRestore={actions.restore} onExport={exportJournal} />
                </div>
                <CvatUpload upload={upload} />
              </Band>
            </>
          )}
          {scan !== null && cut !== null && overlaps && (
            <>
              <Band aria-label="Threshold" style={{ opacity: model.opening ? 0.5 : 1 }}>
                <CutBand scan={scan} cut={cut} counted={counted} counts={counts} recounts={model.recounts} share={model.share} tabs={model.tabs} width={width} busy={busy !== null} actions={actions} />
              </Band>
              <Band aria-label="Actions" data-foot>
                <ActionBar
                  numbers={numbers}
                  hold={hold}
                  tagged={tagged}
                  viewActive={host.viewActive}
                  unit={unit}
                  patches={patches}
                  writable={(field?.writable ?? false) && !host.readOnly}
                  busy={busy}
                  onShow={actions.show}
                  onClearView={actions.clearView}
                  onTag={actions.tagLabels}
                  onUntag={actions.untagLabels}
                  onDelete={openDialog}
                  history={actions.listActions}
                  onRestore={actions.restore}
                  onExportJournal={exportJournal}
                >
                  {cvat}
                </ActionBar>
                <CvatUpload upload={upload} />
              </Band>
            </>
          )}
        </>
      )}
      {deleting && scan !== null && cut !== null && overview !== null && (
        <DeleteDialog
          decision={cut}
          measure={scan.summary.measure}
          threshold={formatThreshold(cut.settled)}
          tag={overview.tag}
          tagged={tagged}
          unit={unit}
          planned={planned}
          planKey={planKey}
          details={actions.planDetails}
          preview={actions.previewDelete}
          onDelete={confirmDelete}
          onClose={closeDialog}
        />
      )}
    </Ground>
  );
}
