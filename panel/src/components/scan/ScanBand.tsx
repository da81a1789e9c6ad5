import { Box } from "@mui/material";
import * as React from "react";
import type { Actions } from "../../actions/actions";
import type { Form } from "../../state/current";
import type { Model } from "../../state/model";
import { isUnderWay } from "../../state/run";
import { unitIn } from "../../words/format";
import { Band } from "../widgets/Ground";
import { ScanForm } from "./ScanForm";
import { ScanLine, ScanNotes } from "./ScanLine";
import { ScansMenu } from "./ScansMenu";
import { useNow } from "./useNow";

interface Props {
  readonly model: Model;
  readonly form: Form;
  readonly width: number;
  readonly actions: Actions;
}

/** The scan shown, in one line that opens to the form; without a scan, or in a draft, the form. */
export const ScanBand = React.memo(function ScanBand({ model, form, width, actions }: Props) {
  const { overview, targets, slice, scans, scan, cut, freshness, run } = model;
  const summary = scan?.summary ?? null;
  const now = useNow(summary);
  const [open, setOpen] = React.useState(false);
  const shown = open || form.isDraft || (summary === null && !model.opening);
  const onScan = React.useCallback(
    (background: boolean) => {
      setOpen(false);
      void actions.startScan(background);
    },
    [actions],
  );
  if (overview === null) return null;
  return (
    <Band aria-label="Scan">
      <Box sx={{ display: "flex", alignItems: "flex-start", justifyContent: "flex-end", gap: 1 }}>
        {summary !== null && <ScanLine summary={summary} classwise={cut?.classwise ?? false} freshness={freshness} open={shown} onToggle={() => setOpen(!open)} />}
        <ScansMenu scans={scans} openKey={summary?.scan_key ?? null} now={now} onOpen={actions.openScan} onRename={actions.renameScan} onDelete={actions.deleteScan} />
      </Box>
      {summary !== null && <ScanNotes summary={summary} now={now} whole={shown} />}
      {shown && (
        <ScanForm form={form} fields={overview.fields} targets={targets} viewRefused={model.viewRefused} activeSlice={slice} unit={unitIn(overview)} first={summary === null} disabled={isUnderWay(run)} width={width} actions={actions} onScan={onScan} />
      )}
    </Band>
  );
});
