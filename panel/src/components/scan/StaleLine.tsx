import { Box, Button } from "@mui/material";
import * as React from "react";
import { Warning } from "../widgets/icons";
import { Reason, SCANNING } from "../widgets/Reason";

interface Props {
  readonly why: string;
  readonly disabled: boolean;
  readonly onRescan: () => void;
}

export function StaleLine({ why, disabled, onRescan }: Props) {
  return (
    <Box
      role="status"
      data-cy="stale"
      sx={{
        display: "flex",
        alignItems: "center",
        gap: 1,
        px: 1,
        py: 0.5,
        fontSize: 13,
        borderRadius: 1,
        borderLeft: "4px solid #e0b000",
        bgcolor: "rgba(224, 176, 0, 0.14)",
      }}
    >
      <Warning sx={{ flex: "none", fontSize: 18 }} />
      <Box sx={{ flex: 1 }}>{why}</Box>
      <Reason why={disabled ? SCANNING : null}>
        <Button size="small" variant="outlined" color="secondary" disabled={disabled} onClick={onRescan} data-cy="rescan" sx={{ flex: "none" }}>
          Rescan
        </Button>
      </Reason>
    </Box>
  );
}
