import { Box, Button, Dialog, DialogActions, DialogContent, DialogTitle } from "@mui/material";
import * as React from "react";
import { DRAW_COMMANDS, MORE_KEYS, MOVES, VERDICTS } from "../../words/review/verdicts";
import { NARROW } from "../widgets/theme";

const LINES = [...[...VERDICTS, ...MOVES, ...DRAW_COMMANDS].map(({ key, label, note }) => [key, `${label}: ${note}.`] as const), ...MORE_KEYS];

/** All keys. Escape, Enter or another ? closes it. */
export function Help({ onClose }: { onClose: () => void }) {
  const titleId = React.useId();
  return (
    <Dialog open onClose={onClose} onKeyDown={({ key }) => key === "?" && onClose()} aria-labelledby={titleId} maxWidth="xs" fullWidth PaperProps={NARROW} data-cy="review-help">
      <DialogTitle id={titleId} sx={{ pb: 1, fontSize: 17 }}>
        Keys
      </DialogTitle>
      <DialogContent sx={{ fontSize: 13 }}>
        <Box component="dl" sx={{ m: 0, display: "grid", gridTemplateColumns: "max-content 1fr", gap: "4px 12px", "& dt": { fontWeight: 700 }, "& dd": { m: 0 } }}>
          {LINES.map(([key, text]) => (
            <React.Fragment key={key}>
              <dt>{key}</dt>
              <dd>{text}</dd>
            </React.Fragment>
          ))}
        </Box>
        <Box sx={{ mt: 1.5, color: "text.secondary" }}>
          Verdicts hold at every threshold. They remove nothing until you apply them, and a deletion can be undone from History.
        </Box>
      </DialogContent>
      <DialogActions>
        <Button autoFocus color="secondary" onClick={onClose} sx={{ textTransform: "none" }}>
          Close
        </Button>
      </DialogActions>
    </Dialog>
  );
}
