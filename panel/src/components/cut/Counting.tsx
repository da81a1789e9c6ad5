import { Box, Skeleton } from "@mui/material";
import * as React from "react";

interface Props {
  /** Whether all thresholds are being counted, not one. */
  readonly counting: boolean;
  readonly share: number;
}

/** Replaces the sentence while the server counts. */
export function Counting({ counting, share }: Props) {
  if (!counting || share <= 0) return <Skeleton width="60%" height={24} />;
  return (
    <Box sx={{ flex: 1, fontSize: 13, color: "text.secondary" }} data-cy="counting">
      Counting at all thresholds: {Math.round(100 * share)} %
    </Box>
  );
}
