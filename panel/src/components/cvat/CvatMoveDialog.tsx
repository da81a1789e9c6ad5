import { Box, Button, Dialog, DialogActions, DialogContent, DialogTitle } from "@mui/material";
import * as React from "react";
import type { CvatActions } from "../../actions/cvat";
import type { CvatTrip, Failure } from "../../protocol/messages";
import { movedText, tripTitle } from "../../words/cvat/trips";
import { ErrorBox } from "../widgets/ErrorBox";
import { Reason } from "../widgets/Reason";
import { NARROW, ON_PRIMARY } from "../widgets/theme";
import { ServerField } from "./CvatChoices";

interface Props {
  readonly trip: CvatTrip;
  readonly move: CvatActions["moveTrip"];
  readonly onDone: (message: string) => void;
  readonly onClose: () => void;
}

/** Asks for the new address of a server that does not answer. Focus is on Cancel. */
export function CvatMoveDialog({ trip, move, onDone, onClose }: Props) {
  const [url, setUrl] = React.useState("");
  const [failure, setFailure] = React.useState<Failure | null>(null);
  const [busy, setBusy] = React.useState(false);
  const titleId = React.useId();

  async function submit(event: React.FormEvent) {
    event.preventDefault();
    setBusy(true);
    setFailure(null);
    const reply = await move(trip.trip_id, url.trim() === "" ? null : url.trim());
    setBusy(false);
    if (reply.ok) onDone(movedText(reply.answer, trip.links.length));
    else setFailure(reply.error);
  }

  return (
    <Dialog open onClose={onClose} aria-labelledby={titleId} maxWidth="xs" fullWidth data-cy="cvat-move-dialog" PaperProps={NARROW}>
      <form onSubmit={(event) => void submit(event)}>
        <DialogTitle id={titleId} sx={{ pb: 1, fontSize: 17 }}>
          Move this round trip to a new address
        </DialogTitle>
        <DialogContent sx={{ fontSize: 14, lineHeight: 1.6 }}>
          <b>{tripTitle(trip)}</b>
          <Box sx={{ color: "text.secondary" }}>Now at {trip.host}</Box>
          <ServerField label="New address" note="Empty for the configured server. The user name and password come from the settings." url={url} onChange={setUrl} />
          The address changes only if that server has the {trip.links.length === 1 ? "task" : "tasks"} of this round trip, by number and name. No label or task is changed.
          {failure !== null && (
            <Box sx={{ mt: 1 }}>
              <ErrorBox failure={failure} />
            </Box>
          )}
        </DialogContent>
        <DialogActions sx={{ px: 3, pb: 2 }}>
          <Button autoFocus color="secondary" onClick={onClose} data-cy="cvat-move-cancel" sx={{ textTransform: "none" }}>
            Cancel
          </Button>
          <Reason why={busy ? "Waiting for the server." : null}>
            <Button type="submit" variant="contained" disableElevation disabled={busy} data-cy="cvat-move-now" sx={{ ...ON_PRIMARY, textTransform: "none" }}>
              {busy ? "Asking…" : "Move"}
            </Button>
          </Reason>
        </DialogActions>
      </form>
    </Dialog>
  );
}
