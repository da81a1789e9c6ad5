import { Button } from "@mui/material";
import * as React from "react";

const PRECISION = 0.9;

/** Sets the lowest threshold at which most removals are expected to be right. */
export function Precise({ onFind }: { readonly onFind: (precision: number) => Promise<void> }) {
  return (
    <Button
      size="small"
      variant="outlined"
      color="secondary"
      onClick={() => void onFind(PRECISION)}
      title="Sets the lowest threshold at which 90 % of the removed labels are expected to be duplicates. This is estimated from the overlaps in the dataset."
      data-cy="precise"
      sx={{ py: "1px", textTransform: "none", flex: "none" }}
    >
      Precision ≥ 90 %
    </Button>
  );
}
