import { Box, Button } from "@mui/material";
import * as React from "react";
import { SplitButton } from "../widgets/SplitButton";

interface Props {
  readonly isDraft: boolean;
  /** Whether no scan is shown. */
  readonly first: boolean;
  /** The reason why nothing can be scanned; `null` if something can. */
  readonly why: string | null;
  readonly onBack: () => void;
  readonly onScan: (background: boolean) => void;
}

/** Scans what the form asks for, or returns to the scan shown. */
export const ScanFormFoot = React.memo(function ScanFormFoot({ isDraft, first, why, onBack, onScan }: Props) {
  return (
    <Box sx={{ gridColumn: "1 / -1", display: "flex", flexWrap: "wrap", alignItems: "center", justifyContent: "flex-end", gap: 1, minHeight: 32, fontSize: 13 }}>
      {isDraft && (
        <>
          <Box role="status" data-cy="draft" sx={{ mr: "auto", fontWeight: 600 }}>
            Not scanned yet
          </Box>
          <Button size="small" color="secondary" onClick={onBack} data-cy="back-to-scan" sx={{ textTransform: "none" }}>
            Back to the scan
          </Button>
        </>
      )}
      <SplitButton
        label={first || isDraft ? "Scan" : "Scan again"}
        cy="scan"
        why={why}
        onClick={() => onScan(false)}
        choicesLabel="More ways to scan"
        choices={[{ label: "Run in background", cy: "scan-background", onClick: () => onScan(true) }]}
      />
    </Box>
  );
});
