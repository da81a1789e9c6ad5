import { Box, Button } from "@mui/material";
import * as React from "react";
import type { Filters } from "../../protocol/review";
import type { Notice as Said } from "../../state/review/sitting";
import { filtersSet, NO_FILTERS } from "../../state/review/place";

const PLAIN = { flex: "none", minWidth: 0, textTransform: "none" } as const;

/** A verdict that was taken back, until it is dismissed. */
export function Notice({ notice, onShow, onDismiss }: { notice: Said; onShow: () => void; onDismiss: () => void }) {
  return (
    <Box role="alert" data-cy="review-notice" sx={{ display: "flex", alignItems: "center", gap: 0.5, px: 1, py: 0.25, fontSize: 13, lineHeight: 1.35, borderRadius: 1, borderLeft: "4px solid #e0b000", bgcolor: "rgba(224, 176, 0, 0.14)" }}>
      <Box sx={{ flex: 1, minWidth: 0, overflowWrap: "anywhere" }}>{notice.text}</Box>
      {notice.key !== null && (
        <Button size="small" color="secondary" onClick={onShow} data-cy="notice-show" sx={PLAIN}>
          Show
        </Button>
      )}
      <Button size="small" color="secondary" onClick={onDismiss} data-cy="notice-dismiss" sx={PLAIN}>
        Dismiss
      </Button>
    </Box>
  );
}

/** The screen of a list without groups. */
export function Nothing({ filters, onClear }: { filters: Filters; onClear: (filters: Filters) => void }) {
  const filtered = filtersSet(filters) > 0;
  return (
    <Box data-cy="review-nothing" sx={{ flex: "1 1 auto", display: "grid", placeContent: "center", justifyItems: "center", gap: 1, textAlign: "center", fontSize: 14 }}>
      {filtered ? (filters.undecided ? "No undecided group passes the filters." : "No group passes the filters.") : "No labels overlap this much: there is nothing to review."}
      {filtered && (
        <Button size="small" variant="outlined" color="secondary" onClick={() => onClear(NO_FILTERS)} sx={PLAIN}>
          Clear filters
        </Button>
      )}
    </Box>
  );
}
