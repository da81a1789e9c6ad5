import { Box } from "@mui/material";
import * as React from "react";
import { useDuplicates } from "./actions/useDuplicates";
import { useUpload } from "./actions/useUpload";
import { CutTop } from "./components/cut/CutTop";
import { FoldedCut } from "./components/cut/FoldedCut";
import { Lists } from "./components/cut/Lists";
import { Cvat, CvatUpload } from "./components/cvat/Cvat";
import { ActionBar } from "./components/edit/ActionBar";
import { BackToView } from "./components/edit/BackToView";
import { DeleteDialog } from "./components/edit/DeleteDialog";
import { Foot } from "./components/edit/Foot";
import { ScanBand } from "./components/scan/ScanBand";
import { NoField, NothingToCut, NotScanned, Opening } from "./components/scan/screens";
import { Band, PADDING } from "./components/widgets/Band";
import { ErrorBox } from "./components/widgets/ErrorBox";
import { Column, Ground } from "./components/widgets/Ground";
import type { Host } from "./host/host";
import { useWidth } from "./host/useWidth";
import type { Source } from "./protocol/messages";
import { currentOf } from "./state/current";
import { isOpened, isUnderWay } from "./state/model";
import { formatThreshold } from "./state/thresholds";
import { unitIn } from "./words/format";

/** From this width on, the lists have the right half. */
const TWO_COLUMNS = 900;

export function DuplicatesPanel({ host }: { host: Host }) {
  const { model, actions, writer } = useDuplicates(host);
  const [ref, outer] = useWidth();
  const [deleting, setDeleting] = React.useState(false);
  const [atCvat, setAtCvat] = React.useState(false);
  const showCvat = React.useCallback(() => setAtCvat(true), []);
  const upload = useUpload(host, actions, showCvat);
  const { overview, scan, cut, run, busy, failure } = model;
  const openDialog = React.useCallback(() => setDeleting(true), []);
  const closeDialog = React.useCallback(() => setDeleting(false), []);
  const confirmDelete = React.useCallback(
    (source: Source, expected: number, sure: boolean, emptied: number) => {
      setDeleting(false);
      void actions.deleteLabels(source, expected, sure, emptied);
    },
    [actions],
  );

  const { counts, numbers, planned, planKey, field, patches, unit, overlaps, tagged, isTagged, hold, form } = currentOf(model);
  const { isDraft } = form;
  const opened = isOpened(model) && overlaps ? model : null;
  const beside = opened !== null && outer >= TWO_COLUMNS;
  const width = (beside ? Math.floor(outer / 2) : outer) - 2 * PADDING;
  const ready = overview !== null && overview.fields.length > 0 && outer > 0;
  const lists = opened !== null && <Lists model={opened} counts={counts} isDraft={isDraft} width={width} rows={beside ? 20 : 8} actions={actions} />;
  const cvat = cut !== null && overview !== null && (
    <Cvat
      open={atCvat}
      onOpen={setAtCvat}
      busy={busy !== null}
      readOnly={host.readOnly}
      canSend={!isDraft && !upload.underWay}
      fields={overview.fields}
      threshold={formatThreshold(cut.settled)}
      tag={overview.tag}
      tagged={tagged}
      planned={hold && !isDraft && numbers !== null ? planned : null}
      upload={upload}
      actions={actions}
    />
  );

  return (
    <Ground ref={ref} data-cy="duplicates-panel" data-beside={beside || undefined}>
      <Column data-folds={beside ? undefined : ""}>
        {overview === null && failure === null && <Opening />}
        {overview === null && failure !== null && (
          <Band aria-label="Error">
            <ErrorBox failure={failure} onRetry={() => void actions.restart()} />
          </Band>
        )}
        {overview !== null && overview.fields.length === 0 && <NoField />}
        {ready && (
          <>
            {opened !== null && !beside && <FoldedCut model={opened} counts={counts} onThreshold={actions.changeThreshold} />}
            <ScanBand model={model} form={form} width={width} actions={actions} />
            {scan === null && model.opening && <Opening />}
            {scan === null && !model.opening && !isUnderWay(run) && <NotScanned stored={model.scans.length > 0} unit={unitIn(overview)} />}
            {scan !== null && !overlaps && <NothingToCut scan={scan} />}
            {opened !== null && <CutTop model={opened} counts={counts} isDraft={isDraft} width={width} onThreshold={actions.changeThreshold} actions={actions} />}
            {!beside && lists}
            <Foot model={model} actions={actions} writer={writer}>
              {opened === null ? (
                <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1 }}>
                  {model.planView && <BackToView busy={busy} planView onBack={actions.restoreView} />}
                  {cvat}
                </Box>
              ) : (
                <ActionBar
                  numbers={numbers}
                  hold={hold}
                  isDraft={isDraft}
                  tagged={tagged}
                  isTagged={isTagged}
                  planView={model.planView}
                  unit={unit}
                  patches={patches}
                  protectedBy={host.readOnly ? "app" : (field?.writable ?? false) ? null : "field"}
                  busy={busy}
                  onShow={actions.show}
                  onBack={actions.restoreView}
                  onTag={actions.tagLabels}
                  onUntag={actions.untagLabels}
                  onDelete={openDialog}
                  onExport={actions.exportKind}
                >
                  {cvat}
                </ActionBar>
              )}
              <CvatUpload upload={upload} />
            </Foot>
          </>
        )}
      </Column>
      {beside && <Column>{lists}</Column>}
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
