import { Box, Checkbox, FormControlLabel } from "@mui/material";
import * as React from "react";

interface Props {
  readonly sure: boolean;
  readonly onSure: (sure: boolean) => void;
}

/** A confirmation that a deletion by IoS needs. */
export function NoisyWarning({ sure, onSure }: Props) {
  return (
    <Box data-cy="noisy" sx={{ my: 1, px: 1.5, py: 1, borderRadius: 1, borderLeft: "4px solid #e0b000", bgcolor: "rgba(224, 176, 0, 0.14)" }}>
      IoS also finds labels that are inside another label but mark a different object, such as a person in a car or a wheel of a bicycle. Most of them are real.
      <FormControlLabel
        control={<Checkbox size="small" checked={sure} onChange={(_, checked) => onSure(checked)} data-cy="delete-sure" sx={{ py: 0.5 }} />}
        label="I have reviewed these labels. Delete them anyway."
        slotProps={{ typography: { fontSize: 14 } }}
      />
    </Box>
  );
}
