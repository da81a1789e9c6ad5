import { Box } from "@mui/material";
import * as React from "react";
import type { Source } from "./types";
import { ActionBar } from "./components/ActionBar";
import { CutBand } from "./components/CutBand";
import { DeleteDialog } from "./components/DeleteDialog";
import { ErrorBox } from "./components/ErrorBox";
import { GROUND } from "./components/look";
import { NothingToCut, NoField, NotScanned, Opening } from "./components/states";
import { RunProgress } from "./components/RunProgress";
import { ScanForm } from "./components/ScanForm";
import { ScanLine } from "./components/ScanLine";
import { ScansMenu } from "./components/ScansMenu";
import { StaleLine } from "./components/StaleLine";
import type { Host } from "./host/host";
import { useWidth } from "./host/useWidth";
import { outcomeOf } from "./state/model";
import { numbersHold, whyOld } from "./state/standing";
import { formatThreshold } from "./state/thresholds";
import { useDuplicates } from "./useDuplicates";
import { useNow } from "./useNow";
import { isUnderWay } from "./useRun";

const PADDING = 16;

export function DuplicatesPanel({ host }: { host: Host }) {
  const { model, actions } = useDuplicates(host);
  const [ref, outer] = useWidth();
  const [deleting, setDeleting] = React.useState(false);
  const now = useNow(model.scan);
  const { overview, scan, cut, counted, standing, run, busy, failure } = model;
  const width = outer - 2 * PADDING;
  const closeDialog = React.useCallback(() => setDeleting(false), []);
  const confirmDelete = React.useCallback(
    (source: Source, expected: number) => {
      setDeleting(false);
      void actions.deleteLabels(source, expected);
    },
    [actions],
  );

  const old = whyOld(standing);
  const scanning = isUnderWay(run);
  const settled = cut === null ? null : { ...cut, threshold: cut.settled };
  const numbers = scan === null || cut === null ? null : outcomeOf(scan, cut, counted).numbers;
  const planned = scan === null || settled === null ? 0 : (outcomeOf(scan, settled, counted).numbers?.labels ?? 0);
  const field = overview?.fields.find(({ name }) => name === scan?.summary.params.label_field);
  const overlaps = scan !== null && (scan.summary.curves.simple.labels[0] ?? 0) > 0;

  return (
    <Box ref={ref} className="iou-duplicates" data-cy="duplicates-panel" sx={ROOT}>
      {overview === null && failure === null && <Opening />}
      {overview === null && failure !== null && (
        <Box sx={BAND}>
          <ErrorBox failure={failure} onRetry={() => void actions.restart()} />
        </Box>
      )}
      {overview !== null && overview.fields.length === 0 && <NoField />}
      {overview !== null && overview.fields.length > 0 && outer > 0 && (
        <>
          <Box component="section" aria-label="What is scanned" sx={BAND}>
            <ScanForm
              fields={overview.fields}
              targets={model.targets}
              disabled={scanning}
              width={width}
              onScan={actions.startScan}
            />
            {run !== null && <RunProgress run={run} onCancel={actions.cancelRun} onDismiss={actions.dismissRun} />}
            {failure !== null && <ErrorBox failure={failure} onDismiss={actions.dismissFailure} />}
            <ScanLine summary={scan?.summary ?? null} standing={standing} now={now}>
              <ScansMenu
                scans={model.scans}
                openKey={scan?.summary.scan_key ?? null}
                now={now}
                onOpen={actions.openScan}
                onRename={actions.renameScan}
                onDelete={actions.deleteScan}
              />
            </ScanLine>
            {old !== null && <StaleLine why={old} disabled={scanning} onRescan={actions.rescan} />}
          </Box>
          {scan === null && model.opening && <Opening />}
          {scan === null && !model.opening && !scanning && <NotScanned />}
          {scan !== null && cut !== null && !overlaps && <NothingToCut scan={scan} />}
          {scan !== null && cut !== null && overlaps && (
            <>
              <Box component="section" aria-label="Where to cut" sx={{ ...BAND, borderBottom: 0, opacity: model.opening ? 0.5 : 1 }}>
                <CutBand scan={scan} cut={cut} counted={counted} width={width} busy={busy !== null} actions={actions} />
              </Box>
              <Box component="section" aria-label="What to do" sx={{ ...BAND, ...FOOT }}>
                <ActionBar
                  numbers={numbers}
                  hold={numbersHold(standing)}
                  tagged={standing?.tagged ?? 0}
                  viewActive={host.viewActive}
                  writable={(field?.writable ?? false) && !host.readOnly}
                  busy={busy}
                  onShow={actions.show}
                  onClearView={actions.clearView}
                  onTag={actions.tagLabels}
                  onUntag={actions.untagLabels}
                  onDelete={() => setDeleting(true)}
                />
              </Box>
            </>
          )}
        </>
      )}
      {deleting && cut !== null && overview !== null && (
        <DeleteDialog
          method={cut.method}
          threshold={formatThreshold(cut.settled)}
          tag={overview.tag}
          tagged={standing?.tagged ?? 0}
          planned={planned}
          preview={actions.previewDelete}
          onDelete={confirmDelete}
          onClose={closeDialog}
        />
      )}
    </Box>
  );
}

const ROOT = {
  ...GROUND,
  height: "100%",
  overflowY: "auto",
  boxSizing: "border-box",
  bgcolor: "background.mediaSpace",
  color: "text.primary",
  fontSize: 14,
} as const;

const BAND = {
  display: "flex",
  flexDirection: "column",
  gap: 1.25,
  px: `${PADDING}px`,
  py: 1.5,
  borderBottom: 1,
  borderColor: "divider",
} as const;

const FOOT = { position: "sticky", bottom: 0, zIndex: 1, borderBottom: 0, borderTop: 1, borderTopColor: "divider", bgcolor: "background.level2" } as const;
