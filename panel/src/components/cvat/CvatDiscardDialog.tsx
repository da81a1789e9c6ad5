import { Box, Button, Dialog, DialogActions, DialogContent, DialogTitle } from "@mui/material";
import * as React from "react";
import type { CvatActions } from "../../actions/cvat";
import type { CvatTrip, Failure } from "../../protocol/messages";
import { discardedText, tripDetails, tripTitle } from "../../words/cvat/trips";
import { counted } from "../../words/format";
import { ErrorBox } from "../widgets/ErrorBox";
import { Reason } from "../widgets/Reason";
import { NARROW, ON_DANGER } from "../widgets/theme";

interface Props {
  readonly trip: CvatTrip;
  readonly discard: CvatActions["discardTrip"];
  readonly onDone: (message: string) => void;
  readonly onClose: () => void;
}

/** Asks for confirmation before the work of annotators is deleted. Focus is on Cancel. */
export function CvatDiscardDialog({ trip, discard, onDone, onClose }: Props) {
  const [failure, setFailure] = React.useState<Failure | null>(null);
  const [busy, setBusy] = React.useState(false);
  const titleId = React.useId();
  const tasks = trip.links.length;
  const why = busy ? "The round trip is being discarded." : null;

  async function end(forget: boolean) {
    setBusy(true);
    setFailure(null);
    const reply = await discard(trip.trip_id, forget);
    setBusy(false);
    if (!reply.ok) return setFailure(reply.error);
    onDone(discardedText(reply.answer, tasks));
  }

  return (
    <Dialog open onClose={onClose} aria-labelledby={titleId} maxWidth="xs" fullWidth data-cy="cvat-discard-dialog" PaperProps={NARROW}>
      <DialogTitle id={titleId} sx={{ pb: 1, fontSize: 17 }}>
        {tasks === 0 ? "Discard this round trip?" : `Delete ${counted(tasks, "task")} in CVAT?`}
      </DialogTitle>
      <DialogContent sx={{ fontSize: 14, lineHeight: 1.6 }}>
        <Box sx={{ mb: 1 }}>
          <b>{tripTitle(trip)}</b>
          <Box sx={{ color: "text.secondary" }}>
            {tripDetails(trip, Date.now())} · {trip.host}
          </Box>
        </Box>
        Edits in CVAT that were not loaded will be lost. Labels in this dataset are not changed, and you can still undo earlier loads from History.
        {failure !== null && (
          <Box sx={{ mt: 1 }}>
            <ErrorBox failure={failure} />
            <Box sx={{ mt: 1 }}>If the server no longer exists, you can remove the round trip from this list without deleting its tasks.</Box>
          </Box>
        )}
      </DialogContent>
      <DialogActions sx={{ px: 3, pb: 2, flexWrap: "wrap", rowGap: 1 }}>
        <Button autoFocus color="secondary" onClick={onClose} data-cy="cvat-discard-cancel" sx={{ textTransform: "none" }}>
          Cancel
        </Button>
        {failure !== null && (
          <Reason why={why}>
            <Button color="secondary" disabled={busy} onClick={() => void end(true)} data-cy="cvat-forget" sx={{ textTransform: "none" }}>
              Remove from this list
            </Button>
          </Reason>
        )}
        <Reason why={why}>
          <Button variant="contained" disableElevation disabled={busy} onClick={() => void end(false)} data-cy="cvat-discard-now" sx={{ textTransform: "none", ...(busy ? {} : ON_DANGER) }}>
            {busy ? "Discarding…" : failure === null ? "Discard" : "Try again"}
          </Button>
        </Reason>
      </DialogActions>
    </Dialog>
  );
}
