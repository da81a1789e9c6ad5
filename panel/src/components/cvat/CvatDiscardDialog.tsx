import { Box, Button, Dialog, DialogActions, DialogContent, DialogTitle } from "@mui/material";
import * as React from "react";
import type { CvatActions } from "../../actions/cvat";
import { counted } from "../../words/format";
import { tripFacts, tripTitle } from "../../words/cvat";
import type { CvatTrip, Failure } from "../../protocol/messages";
import { ErrorBox } from "../widgets/ErrorBox";
import { NARROW, ON_DANGER } from "../widgets/theme";

interface Props {
  readonly trip: CvatTrip;
  readonly discard: CvatActions["discardTrip"];
  readonly onDone: (told: string) => void;
  readonly onClose: () => void;
}

/** Asks before the work of annotators is thrown away. Focus is on Cancel. */
export function CvatDiscardDialog({ trip, discard, onDone, onClose }: Props) {
  const [failure, setFailure] = React.useState<Failure | null>(null);
  const [busy, setBusy] = React.useState(false);
  const titleId = React.useId();
  const tasks = trip.links.length;

  async function end(forget: boolean) {
    setBusy(true);
    setFailure(null);
    const reply = await discard(trip.anno_key, forget);
    setBusy(false);
    if (!reply.ok) return setFailure(reply.error);
    onDone(forget ? "Forgot the round trip here. Its tasks in CVAT are as they were, and no label was changed." : "Deleted the tasks in CVAT. No label was changed here.");
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
            {tripFacts(trip, Date.now())} · {trip.host}
          </Box>
        </Box>
        What was edited there and not loaded is lost. Labels here stay as they are, and what was loaded can still be undone from History.
        {failure !== null && (
          <Box sx={{ mt: 1 }}>
            <ErrorBox failure={failure} />
            <Box sx={{ mt: 1 }}>If the server is gone for good, the round trip can be forgotten here alone; its tasks stay there.</Box>
          </Box>
        )}
      </DialogContent>
      <DialogActions sx={{ px: 3, pb: 2, flexWrap: "wrap", rowGap: 1 }}>
        <Button autoFocus color="secondary" onClick={onClose} data-cy="cvat-discard-cancel" sx={{ textTransform: "none" }}>
          Cancel
        </Button>
        {failure !== null && (
          <Button color="secondary" disabled={busy} onClick={() => void end(true)} data-cy="cvat-forget" sx={{ textTransform: "none" }}>
            Forget it here
          </Button>
        )}
        <Button variant="contained" disableElevation disabled={busy} onClick={() => void end(false)} data-cy="cvat-discard-now" sx={{ textTransform: "none", ...(busy ? {} : ON_DANGER) }}>
          {busy ? "Discarding…" : failure === null ? "Discard" : "Try again"}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
