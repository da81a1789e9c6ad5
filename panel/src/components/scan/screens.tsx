/** Screens without a histogram. */
import { Box, Skeleton } from "@mui/material";
import * as React from "react";
import { formatThreshold, toThousandths } from "../../state/decision/thresholds";
import { largestOverlap, type Scan } from "../../state/scan/scan";
import { grouped } from "../../words/format";
import { EmptyState } from "./EmptyState";

export function Opening() {
  return (
    <Box sx={{ p: 2 }} aria-busy aria-label="Loading" role="status" data-cy="opening">
      <Skeleton variant="rounded" height={32} />
      <Skeleton variant="rounded" height={170} sx={{ mt: 2 }} />
      <Skeleton variant="rounded" height={120} sx={{ mt: 2 }} />
    </Box>
  );
}

export function NoField() {
  return (
    <EmptyState title="No supported label field" cy="no-field">
      Duplicate objects supports detections, polylines, keypoints and temporal detections, also in video frames. Add such a field to the dataset, then
      open this panel again.
    </EmptyState>
  );
}

export function NotScanned({ stored, unit }: { stored: boolean; unit: string }) {
  if (stored) {
    return (
      <EmptyState title="No scan is open" cy="not-scanned">
        Open a stored scan, or scan again. A scan does not change any labels.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="Not scanned yet" cy="not-scanned">
      A scan measures how much the labels of each {unit === "group" ? "sample" : unit} overlap, so that you can find a threshold for duplicates. It does not change any labels.
    </EmptyState>
  );
}

export function NothingToCut({ scan }: { scan: Scan }) {
  const { labels, params } = scan.summary;
  if (labels === 0) {
    return (
      <EmptyState title="No labels" cy="no-labels">
        The field {params.label_field} has no labels in the scanned samples.
      </EmptyState>
    );
  }
  const largest = largestOverlap(scan);
  return (
    <EmptyState title="No overlaps" cy="nothing-found">
      None of the {grouped(labels)} labels overlaps another by more than 0.05.
      {largest !== null && ` The largest overlap is below ${formatThreshold(toThousandths(largest))}.`}
      {params.classwise && " Only labels of the same class were compared; choose “any class” to compare all labels."}
    </EmptyState>
  );
}
