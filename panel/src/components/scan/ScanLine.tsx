import { Box } from "@mui/material";
import * as React from "react";
import type { Freshness, Summary } from "../../protocol/messages";
import { ago, counted } from "../../words/format";
import { skippedText } from "../../words/freshness";
import { scopeLabel, slicesLabel } from "../../words/scan";
import { Check } from "../widgets/icons";

interface Props {
  /** `null` if no scan is open. */
  readonly summary: Summary | null;
  readonly freshness: Freshness | null;
  readonly now: number;
  readonly children: React.ReactNode;
}

/** The scan that the numbers below refer to. */
export function ScanLine({ summary, freshness, now, children }: Props) {
  return (
    <Box sx={{ display: "flex", alignItems: "flex-start", justifyContent: "flex-end", gap: 1 }} data-cy="scan-line">
      {summary !== null && <Description summary={summary} fresh={freshness?.state === "up_to_date"} now={now} />}
      {children}
    </Box>
  );
}

function Description({ summary, fresh, now }: { summary: Summary; fresh: boolean; now: number }) {
  const { params, scope } = summary;
  const skipped = skippedText(summary.skipped);
  const { rotations = [] } = summary;
  const size = [
    `${counted(summary.labels, "label")} in ${counted(summary.samples, summary.unit)}`,
    ago(summary.created_at, now),
    ...(fresh ? ["up to date"] : []),
  ];
  const compared = [
    params.other_field === null ? params.label_field : `${params.label_field} against ${params.other_field}`,
    params.classwise ? "same class" : "any class",
    ...summary.compared,
    scopeLabel(scope.kind).toLowerCase(),
    ...(rotations.length === 0 ? [] : [`rotations in ${rotations.join(" and ")}`]),
    ...(scope.slices === null || scope.slices.length === 0 ? [] : [slicesLabel(scope.slices)]),
  ];
  return (
    <Box sx={{ flex: 1, minWidth: 0, fontSize: 13, lineHeight: 1.5, overflowWrap: "anywhere" }}>
      <Box>
        {fresh && <Check sx={{ mr: 0.5, verticalAlign: "-2px", color: "text.secondary" }} />}
        {size.filter((part) => part !== "").join(" · ")}
      </Box>
      <Box sx={{ color: "text.secondary" }}>{compared.join(" · ")}</Box>
      {summary.unmarked !== null && <Box sx={{ color: "text.secondary" }}>{summary.unmarked}</Box>}
      {skipped !== null && <Box sx={{ color: "text.secondary" }}>{skipped}</Box>}
      {summary.truncated > 0 && (
        <Box sx={{ color: "text.secondary" }}>
          {counted(summary.truncated, summary.unit)} had too many pairs to store; only the strongest are stored.
        </Box>
      )}
    </Box>
  );
}
