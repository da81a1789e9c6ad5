import { Box, Button, IconButton } from "@mui/material";
import * as React from "react";
import type { Failure } from "../../protocol/messages";
import { Close, Warning } from "./icons";

interface Props {
  readonly failure: Failure;
  readonly onDismiss?: () => void;
  readonly onRetry?: (() => void) | undefined;
}

/** An error: the event, its effect on the data, and advice; details on demand. */
export function ErrorBox({ failure, onDismiss, onRetry }: Props) {
  const [open, setOpen] = React.useState(false);
  return (
    <Box
      role="alert"
      data-cy="error"
      sx={{ display: "flex", gap: 1, p: 1, fontSize: 13, lineHeight: 1.5, borderRadius: 1, border: 1, borderColor: "error.main" }}
    >
      <Warning sx={{ flex: "none", mt: "2px", fontSize: 18, color: "error.main" }} />
      <Box sx={{ flex: 1, minWidth: 0, overflowWrap: "anywhere" }}>
        <Box sx={{ fontWeight: 600 }}>{failure.message}</Box>
        <Box>{[failure.consequence, failure.advice].filter(Boolean).join(" ")}</Box>
        <Box sx={{ display: "flex", gap: 1 }}>
          {onRetry && (
            <Button size="small" color="secondary" onClick={onRetry} sx={{ px: 0, minWidth: 0 }}>
              Try again
            </Button>
          )}
          {failure.details !== undefined && (
            <Button size="small" color="secondary" aria-expanded={open} onClick={() => setOpen(!open)} sx={{ px: 0, minWidth: 0 }}>
              {open ? "Hide details" : "Details"}
            </Button>
          )}
        </Box>
        {open && (
          <Box component="pre" tabIndex={0} sx={{ m: 0, maxHeight: 160, overflow: "auto", fontSize: 12, whiteSpace: "pre-wrap" }}>
            {failure.details}
          </Box>
        )}
      </Box>
      {onDismiss && (
        <IconButton size="small" aria-label="Dismiss this error" onClick={onDismiss} sx={{ alignSelf: "flex-start", p: 0.25 }}>
          <Close />
        </IconButton>
      )}
    </Box>
  );
}
