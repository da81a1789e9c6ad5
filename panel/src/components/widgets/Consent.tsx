import { Box, Checkbox, FormControlLabel } from "@mui/material";
import * as React from "react";

interface Props {
  readonly text: string;
  readonly label: string;
  readonly cy: string;
  readonly checked: boolean;
  readonly onChecked: (checked: boolean) => void;
}

/** A warning that must be confirmed; never checked beforehand. */
export function Consent({ text, label, cy, checked, onChecked }: Props) {
  return (
    <Box data-cy={`${cy}-warning`} sx={{ my: 1, px: 1.5, py: 1, borderRadius: 1, borderLeft: "4px solid #e0b000", bgcolor: "rgba(224, 176, 0, 0.14)" }}>
      <Box>{text}</Box>
      <FormControlLabel
        control={<Checkbox size="small" checked={checked} onChange={(_, value) => onChecked(value)} data-cy={cy} sx={{ py: 0.5 }} />}
        label={label}
        slotProps={{ typography: { fontSize: 14 } }}
      />
    </Box>
  );
}
