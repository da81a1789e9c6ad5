import { Box, Button, Link } from "@mui/material";
import * as React from "react";
import type { CvatTrip as Trip } from "../../protocol/messages";
import { isWebAddress, notSentText, taskName, tripDetails, tripTitle } from "../../words/cvat/trips";
import { Outside } from "../widgets/icons";
import { Reason } from "../widgets/Reason";
import { ELLIPSIS } from "../widgets/theme";

interface Props {
  readonly trip: Trip;
  readonly now: number;
  readonly onLoad: () => void;
  readonly onDiscard: () => void;
  readonly onMove: () => void;
}

/** The maximum number of links. */
const LINKS = 6;

/** One round trip: its state, its tasks, and buttons to load, discard, or move it if its server does not answer. */
export function CvatTrip({ trip, now, onLoad, onDiscard, onMove }: Props) {
  const { state, links, problem } = trip;
  const title = tripTitle(trip);
  const sending = state === "sending" ? "Wait until the upload has finished." : null;
  const unloadable = state === "failed" ? "The upload failed, so there is nothing to load." : sending;
  const isLost = problem !== null && (state === "open" || state === "loaded");
  const details = tripDetails(trip, now);
  const left = notSentText(trip.left);
  return (
    <Box component="li" data-cy="cvat-trip" sx={{ px: 0.5, py: 0.75, borderTop: 1, borderColor: "divider" }}>
      <Box sx={{ fontSize: 13, ...ELLIPSIS }} title={`${title} (${trip.anno_key})`}>
        {title}
      </Box>
      <Box sx={{ fontSize: 12, color: "text.secondary" }}>{details}</Box>
      {trip.attributes.length > 0 && <Box sx={{ fontSize: 12, color: "text.secondary", overflowWrap: "anywhere" }}>With {trip.attributes.join(", ")}</Box>}
      {left !== null && (
        <Box data-cy="cvat-trip-left" sx={{ fontSize: 12, overflowWrap: "anywhere" }}>
          {left}.
        </Box>
      )}
      {problem !== null && (
        <Box data-cy="cvat-problem" sx={{ my: 0.5, pl: 1, fontSize: 12, borderLeft: "4px solid #e0b000", overflowWrap: "anywhere" }}>
          {problem}
        </Box>
      )}
      <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", columnGap: 1.5, rowGap: 0.5, mt: 0.5, fontSize: 12 }}>
        {links.filter(isWebAddress).slice(0, LINKS).map((link) => (
          <Link key={link} href={link} target="_blank" rel="noopener noreferrer" color="text.primary" title={link} data-cy="cvat-link" sx={{ display: "inline-flex", alignItems: "center", gap: 0.5 }}>
            {taskName(link)}
            <Outside />
          </Link>
        ))}
        {links.length > LINKS && <Box sx={{ color: "text.secondary" }}>and {links.length - LINKS} more</Box>}
        <Box sx={{ ml: "auto", display: "flex", gap: 1 }}>
          {isLost && (
            <Button size="small" color="secondary" onClick={onMove} title="The server has a new address" data-cy="cvat-move" sx={{ minWidth: 0, textTransform: "none" }}>
              Move…
            </Button>
          )}
          <Reason why={sending}>
            <Button size="small" color="secondary" disabled={sending !== null} onClick={onDiscard} data-cy="cvat-discard" sx={{ minWidth: 0, textTransform: "none" }}>
              Discard…
            </Button>
          </Reason>
          <Reason why={unloadable}>
            <Button size="small" color="secondary" variant="outlined" disabled={unloadable !== null} onClick={onLoad} data-cy="cvat-load" sx={{ minWidth: 0, textTransform: "none" }}>
              Load…
            </Button>
          </Reason>
        </Box>
      </Box>
    </Box>
  );
}
