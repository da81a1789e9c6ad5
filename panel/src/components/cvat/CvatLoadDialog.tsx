import { Box, Button, Checkbox, Dialog, DialogActions, DialogContent, DialogTitle, FormControlLabel, Skeleton } from "@mui/material";
import * as React from "react";
import type { CvatActions } from "../../actions/cvat";
import type { CvatPreview, CvatTrip, Failure } from "../../protocol/messages";
import { unfinishedText } from "../../words/cvat/changes";
import { emptiedCount, emptiedLabel } from "../../words/emptied";
import { capitalized, counted } from "../../words/format";
import { Consent } from "../widgets/Consent";
import { ErrorBox } from "../widgets/ErrorBox";
import { Reason } from "../widgets/Reason";
import { NARROW, ON_PRIMARY } from "../widgets/theme";
import { useAnswer } from "../../actions/model/useAnswer";
import { CvatChanges } from "./CvatChanges";
import { useWaits } from "./useWaits";

interface Props {
  readonly trip: CvatTrip;
  readonly writable: boolean;
  readonly preview: CvatActions["previewLoad"];
  readonly load: CvatActions["loadEdits"];
  /** Cancels the comparison or the load in progress. */
  readonly cancel: () => void;
  /** Returns the reason why the comparison or load in progress waits. */
  readonly waitsFor: CvatActions["loadWaits"];
  readonly onShow: (sampleId: string, labelId: string) => void;
  readonly onShowSkipped: (labels: CvatPreview["skipped"]["labels"]) => void;
  readonly onClose: () => void;
}

/** Shows the edits in CVAT before any of them is applied. Focus is on Cancel. */
export function CvatLoadDialog({ trip, writable, preview, load, cancel, waitsFor, onShow, onShowSkipped, onClose }: Props) {
  const { trip_id } = trip;
  const { answer, failure, again } = useAnswer(trip_id, () => preview(trip_id));
  const [cleanup, setCleanup] = React.useState(false);
  const [allowed, setAllowed] = React.useState(false);
  const [massAllowed, setMassAllowed] = React.useState(false);
  const [applying, setApplying] = React.useState(false);
  const [refusal, setRefusal] = React.useState<Failure | null>(null);
  const waits = useWaits(applying || (answer === null && failure === null), waitsFor);
  const titleId = React.useId();
  const tasks = counted(trip.links.length, "task");

  async function apply() {
    if (answer === null) return;
    setApplying(true);
    setRefusal(null);
    const failed = await load(trip_id, answer.digest, cleanup, allowed ? answer.emptied : 0, massAllowed);
    setApplying(false);
    if (failed === null) onClose();
    else setRefusal(failed);
  }
  function close() {
    if (answer === null) cancel();
    onClose();
  }
  function compareAgain() {
    setRefusal(null);
    setAllowed(false);
    setMassAllowed(false);
    again();
  }

  const unfinished = answer === null ? null : unfinishedText(answer.jobs);
  const emptied = answer?.emptied ?? 0;
  const mass = answer?.mass_deletion ?? null;
  const nothing = answer !== null && answer.to_apply === 0;
  const why = whyNot();

  function whyNot(): string | null {
    if (answer === null) return "The edits are not known yet.";
    if (applying) return "The edits are being applied.";
    if (!writable) return "This field cannot be changed.";
    if (refusal !== null) return "Compare with CVAT again first.";
    if ((emptied > 0 && !allowed) || (mass !== null && !massAllowed)) return "Confirm the warning above first.";
    return nothing && !cleanup ? "There is nothing to load." : null;
  }
  return (
    <Dialog open onClose={applying ? undefined : close} aria-labelledby={titleId} maxWidth="xs" fullWidth data-cy="cvat-load-dialog" PaperProps={NARROW}>
      <DialogTitle id={titleId} sx={{ pb: 1, fontSize: 17 }}>
        {answer === null ? "Load from CVAT" : nothing ? "Nothing to load from CVAT" : `Load ${counted(answer.to_apply, "edit")} from CVAT?`}
      </DialogTitle>
      <DialogContent sx={{ fontSize: 14, lineHeight: 1.6, fontVariantNumeric: "tabular-nums" }}>
        {failure !== null && <ErrorBox failure={failure} onRetry={again} />}
        {answer === null && failure === null && (
          <Box role="status" aria-label="Comparing">
            <Box>Comparing with {trip.host}…</Box>
            <Skeleton variant="rectangular" height={180} sx={{ my: 1, borderRadius: 1 }} />
          </Box>
        )}
        {answer !== null && (
          <>
            <CvatChanges preview={answer} onShow={onShow} onShowSkipped={onShowSkipped} />
            {emptied > 0 && <Consent text={`${emptiedCount(emptied)}.`} label={emptiedLabel(emptied)} cy="cvat-emptied" checked={allowed} onChecked={setAllowed} />}
            {mass !== null && <Consent text={`${capitalized(mass)}.`} label="Delete these labels anyway" cy="cvat-mass" checked={massAllowed} onChecked={setMassAllowed} />}
            {unfinished !== null && <Box sx={{ color: "text.secondary" }}>{unfinished}</Box>}
            <Box sx={{ color: "text.secondary" }}>You can undo a load from History.</Box>
            <FormControlLabel
              control={<Checkbox size="small" checked={cleanup} onChange={(_, checked) => setCleanup(checked)} data-cy="cvat-cleanup" sx={{ py: 0.5 }} />}
              label={`Delete the ${trip.links.length === 1 ? "task" : tasks} in CVAT afterwards`}
              slotProps={{ typography: { fontSize: 14 } }}
            />
            {!writable && <Box>The field {trip.label_field} is read-only, so nothing can be applied.</Box>}
          </>
        )}
        {waits !== null && (
          <Box role="status" data-cy="cvat-waits" sx={{ color: "text.secondary" }}>
            The load is {waits}.
          </Box>
        )}
        {refusal !== null && <ErrorBox failure={refusal} onRetry={compareAgain} />}
      </DialogContent>
      <DialogActions sx={{ px: 3, pb: 2 }}>
        <Button autoFocus color="secondary" onClick={applying ? cancel : close} data-cy="cvat-load-cancel" sx={{ textTransform: "none" }}>
          {applying ? "Stop" : "Cancel"}
        </Button>
        <Reason why={why}>
          <Button
            variant="contained"
            disableElevation
            disabled={why !== null}
            onClick={() => void apply()}
            data-cy="cvat-apply"
            sx={{ ...ON_PRIMARY, textTransform: "none" }}
          >
            {applying ? "Applying…" : nothing && cleanup ? `Delete the ${tasks}` : answer === null || nothing ? "Apply" : `Apply ${counted(answer.to_apply, "edit")}`}
          </Button>
        </Reason>
      </DialogActions>
    </Dialog>
  );
}
