import { Box, Button, Popover, type PopoverActions, Skeleton } from "@mui/material";
import * as React from "react";
import type { CvatActions } from "../../actions/cvat";
import type { CvatTrip as Trip } from "../../protocol/messages";
import { grouped } from "../../words/format";
import { ErrorBox } from "../widgets/ErrorBox";
import { ChevronDown } from "../widgets/icons";
import { BUSY, Reason } from "../widgets/Reason";
import { ground } from "../widgets/theme";
import { useAnswer } from "../../actions/model/useAnswer";
import { CvatTrip } from "./CvatTrip";

interface Props {
  readonly button: React.RefObject<HTMLButtonElement>;
  readonly open: boolean;
  readonly disabled: boolean;
  /** The number of labels that would be sent; `null` if unknown. */
  readonly sendable: number | null;
  /** The reason why labels cannot be sent; `null` if they can. */
  readonly whyNotSend: string | null;
  readonly list: CvatActions["listTrips"];
  readonly onFollow: (runId: string) => void;
  readonly onOpen: (open: boolean) => void;
  readonly onSend: () => void;
  readonly onLoad: (trip: Trip) => void;
  readonly onDiscard: (trip: Trip) => void;
  readonly onMove: (trip: Trip) => void;
}

/** The round trips, each of which can be loaded, and a button to send more labels. */
export function CvatMenu({ button, open, disabled, sendable, whyNotSend, list, onFollow, onOpen, onSend, onLoad, onDiscard, onMove }: Props) {
  const popover = React.useRef<PopoverActions>(null);
  // a pop-up that grows does not move by itself and would leave the screen
  const onHeight = React.useCallback(() => popover.current?.updatePosition(), []);
  return (
    <>
      <Reason why={disabled ? BUSY : null}>
        <Button
          ref={button}
          variant="outlined"
          size="small"
          color="secondary"
          endIcon={CHEVRON}
          aria-haspopup="dialog"
          aria-expanded={open}
          disabled={disabled}
          onClick={() => onOpen(true)}
          data-cy="cvat"
          sx={{ whiteSpace: "nowrap", textTransform: "none", "&.Mui-disabled": { color: "text.primary", opacity: 0.45 } }}
        >
          CVAT
        </Button>
      </Reason>
      <Popover
        action={popover}
        open={open}
        anchorEl={() => button.current as HTMLButtonElement}
        onClose={() => onOpen(false)}
        disableRestoreFocus
        anchorOrigin={{ vertical: "top", horizontal: "left" }}
        transformOrigin={{ vertical: "bottom", horizontal: "left" }}
        PaperProps={{ sx: ground }}
      >
        <Box role="dialog" aria-label="CVAT" tabIndex={0} sx={{ width: 380, maxWidth: "90vw", maxHeight: 420, overflow: "auto", p: 1 }}>
          <Reason wide why={whyNotSend}>
            <Button fullWidth variant="outlined" size="small" color="secondary" disabled={whyNotSend !== null} onClick={onSend} data-cy="cvat-send" sx={{ mb: 1, textTransform: "none" }}>
              {sendable === null ? "Send to CVAT…" : `Send ${grouped(sendable)} to CVAT…`}
            </Button>
          </Reason>
          <Trips list={list} onHeight={onHeight} onFollow={onFollow} onLoad={onLoad} onDiscard={onDiscard} onMove={onMove} />
        </Box>
      </Popover>
    </>
  );
}

const CHEVRON = <ChevronDown />;

function Trips({ list, onHeight, onFollow, onLoad, onDiscard, onMove }: Pick<Props, "list" | "onFollow" | "onLoad" | "onDiscard" | "onMove"> & { onHeight: () => void }) {
  const { answer, failure, again } = useAnswer("trips", list);
  React.useLayoutEffect(onHeight, [onHeight, answer, failure]);
  const runId = answer?.trips.find(({ state, run_id }) => state === "sending" && run_id !== null)?.run_id ?? null;
  React.useEffect(() => {
    if (runId !== null) onFollow(runId);
  }, [runId, onFollow]);
  if (failure !== null) return <ErrorBox failure={failure} onRetry={again} />;
  if (answer === null) return <Skeleton variant="rectangular" height={72} sx={{ borderRadius: 1 }} />;
  if (answer.trips.length === 0) {
    return (
      <Box data-cy="cvat-none" sx={{ p: 0.5, fontSize: 13 }}>
        No labels of this dataset are in CVAT.
      </Box>
    );
  }
  const now = Date.now();
  return (
    <Box component="ul" aria-label="In CVAT" sx={{ m: 0, p: 0, listStyle: "none" }}>
      {answer.trips.map((trip) => (
        <CvatTrip key={trip.trip_id} trip={trip} now={now} onLoad={() => onLoad(trip)} onDiscard={() => onDiscard(trip)} onMove={() => onMove(trip)} />
      ))}
    </Box>
  );
}
