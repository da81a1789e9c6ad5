import { Box } from "@mui/material";
import * as React from "react";
import { useDuplicates } from "./actions/model/useDuplicates";
import { useUpload } from "./actions/useUpload";
import { CutTop } from "./components/cut/CutTop";
import { FoldedCut } from "./components/cut/FoldedCut";
import { Lists } from "./components/cut/Lists";
import { Cvat, CvatUpload } from "./components/cvat/Cvat";
import { BackToView } from "./components/edit/BackToView";
import { DeleteDialog } from "./components/edit/DeleteDialog";
import { Footer, ReviewNotices } from "./components/edit/Footer";
import { PanelActions } from "./components/edit/PanelActions";
import { whyNotApply, whyNotSend } from "./components/edit/whyNot";
import { Review } from "./components/review/Review";
import { ScanBand } from "./components/scan/ScanBand";
import { NoField, NothingToCut, NotScanned, Opening } from "./components/scan/screens";
import { ErrorBox } from "./components/widgets/ErrorBox";
import { Band, Column, Ground, PADDING, Scroller } from "./components/widgets/Ground";
import { ENTER } from "./host/enter";
import type { Host } from "./host/host";
import { useSize } from "./host/useSize";
import type { Confirmed, Source } from "./protocol/messages";
import { costIn, currentOf } from "./state/current";
import { isOpened } from "./state/model";
import { isUnderWay } from "./state/run";
import { formatThreshold } from "./state/decision/thresholds";
import { unitIn } from "./words/format";
import { scanPhrase } from "./words/scan";
import { foldedText } from "./words/sentence";

/** From this width on, the lists have the right half. */
const TWO_COLUMNS = 900;

export function DuplicatesPanel({ host }: { host: Host }) {
  const { model, actions, writer, again } = useDuplicates(host);
  const [ref, { width: outer, height }] = useSize();
  const [deleting, setDeleting] = React.useState<Source | "default" | null>(null);
  const [atCvat, setAtCvat] = React.useState(false);
  const showCvat = React.useCallback(() => setAtCvat(true), []);
  const upload = useUpload(host, actions, showCvat);
  const { overview, scan, cut, run, busy, failure } = model;
  // tags that a person changed in the App come first, and the panel is not notified of them
  const openDialog = React.useCallback(() => void actions.refresh().then(() => setDeleting("default")), [actions]);
  const openApply = React.useCallback(() => (void actions.refresh(), setDeleting("reviewed")), [actions]);
  const openReview = React.useCallback(() => actions.changeReview({ open: true }), [actions]);
  const confirmDelete = React.useCallback(
    (source: Source, confirmed: Confirmed) => {
      setDeleting(null);
      void actions.deleteLabels(source, confirmed);
    },
    [actions],
  );

  const current = currentOf(model);
  const { counts, numbers, planned, planKey, field, unit, overlaps, tagged, hold, form } = current;
  const { isDraft } = form;
  const opened = isOpened(model) && overlaps ? model : null;
  const reviewing = opened !== null && model.review.open && !isDraft;
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
      whyNotSend={whyNotSend(isDraft, upload.underWay)}
      fields={overview.fields}
      threshold={formatThreshold(cut.settled)}
      tag={overview.tag}
      tagged={tagged ?? 0}
      planned={hold && !isDraft && numbers !== null ? planned : null}
      upload={upload}
      actions={actions}
    />
  );

  return (
    <Ground ref={ref} {...ENTER} data-cy="duplicates-panel" data-beside={beside || undefined}>
      <Column data-behind={!beside && reviewing ? "" : undefined}>
        <Scroller data-folds={beside ? undefined : ""}>
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
              {opened !== null && <CutTop model={opened} counts={counts} isDraft={isDraft} width={width} height={height} onThreshold={actions.changeThreshold} actions={actions} />}
              {!beside && lists}
            </>
          )}
        </Scroller>
        {ready && (
          <Footer model={model} actions={actions} writer={writer} onRetry={again} selected={host.selectedLabels}>
            {opened === null ? (
              <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1 }}>
                {model.planView && <BackToView busy={busy} planView onBack={actions.restoreView} />}
                {cvat}
              </Box>
            ) : (
              <PanelActions model={opened} current={current} readOnly={host.readOnly} onReview={openReview} onDelete={openDialog} actions={actions}>
                {cvat}
              </PanelActions>
            )}
            <CvatUpload upload={upload} />
          </Footer>
        )}
      </Column>
      {beside && <Column data-second="" data-behind={reviewing ? "" : undefined} children={<Scroller>{lists}</Scroller>} />}
      {opened !== null && reviewing && (
        <Column data-second={beside ? "" : undefined}>
          {!beside && <ScanBand model={model} form={form} width={width} actions={actions} />}
          <Review model={opened} planKey={planKey} cut={foldedText(opened.scan, { ...opened.cut, threshold: opened.cut.settled }, current.settled, current.hold)} width={width} whyNotApply={whyNotApply(host.readOnly ? "app" : field?.writable ? null : "field")} onApply={openApply} actions={actions}>
            {!beside && <ReviewNotices model={model} actions={actions} writer={writer} />}
          </Review>
        </Column>
      )}
      {deleting !== null && scan !== null && cut !== null && overview !== null && (
        <DeleteDialog
          decision={cut}
          rules={overview.keep_rules}
          measure={scan.summary.measure}
          threshold={formatThreshold(cut.settled)}
          tag={overview.tag}
          tagged={tagged ?? 0}
          reviewed={deleting === "reviewed"}
          unit={unit}
          planned={planned}
          cost={costIn(model)}
          planKey={planKey}
          nameOf={(of) => scanPhrase(model.scans, scan.summary.scan_key, of)}
          details={actions.planDetails}
          preview={actions.previewDelete}
          onDelete={confirmDelete}
          onClose={() => setDeleting(null)}
        />
      )}
    </Ground>
  );
}
