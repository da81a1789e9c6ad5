/** What the panel shows when there is nothing to cut, and why. */
import { Box, Skeleton } from "@mui/material";
import * as React from "react";
import { grouped } from "../../words/format";
import { type Scan, largestOverlap } from "../../state/scan";
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
    <EmptyState title="No label field holds objects" cy="no-field">
      Duplicate objects works on detections, polylines, keypoints and temporal detections, also of a video’s frames. Add such a field to the dataset, then
      open this panel again.
    </EmptyState>
  );
}

export function NotScanned({ stored, unit }: { stored: boolean; unit: string }) {
  if (stored) {
    return (
      <EmptyState title="No scan is open" cy="not-scanned">
        Open one of the stored scans, or scan again. A scan changes no label.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="Not scanned yet" cy="not-scanned">
      A scan measures how much the labels of each {unit === "group" ? "sample" : unit} overlap, so that you can see where duplicates begin. It changes no label.
    </EmptyState>
  );
}

export function NothingToCut({ scan }: { scan: Scan }) {
  const { labels, params } = scan.summary;
  if (labels === 0) {
    return (
      <EmptyState title="No labels" cy="no-labels">
        The field {params.label_field} holds no label in what was scanned.
      </EmptyState>
    );
  }
  const largest = largestOverlap(scan);
  return (
    <EmptyState title="Nothing overlaps" cy="nothing-found">
      None of the {grouped(labels)} labels overlaps another by more than 0.05.
      {largest !== null && ` The largest overlap is below ${largest.toFixed(2)}.`}
      {params.classwise && " Only labels of one class were compared; “any class” compares all."}
    </EmptyState>
  );
}
