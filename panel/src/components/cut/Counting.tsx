import { Box, Skeleton } from "@mui/material";
import * as React from "react";

interface Props {
  /** Whether all thresholds are counted, and not one. */
  readonly counting: boolean;
  readonly share: number;
}

/** Stands where the sentence will be. */
export function Counting({ counting, share }: Props) {
  if (!counting || share <= 0) return <Skeleton width="60%" height={24} />;
  return (
    <Box sx={{ flex: 1, fontSize: 13, color: "text.secondary" }} data-cy="counting">
      Counting at every threshold: {Math.round(100 * share)} %
    </Box>
  );
}
