import { Box } from "@mui/material";
import * as React from "react";
import { ago, counted, scopeLabel } from "../../words/format";
import { slicesLabel } from "../../state/slices";
import { skippedText } from "../../words/freshness";
import type { Standing, Summary } from "../../protocol/messages";
import { Check } from "../widgets/icons";

interface Props {
  /** `null` when no scan is open. */
  readonly summary: Summary | null;
  readonly standing: Standing | null;
  readonly now: number;
  readonly children: React.ReactNode;
}

/** What the numbers below are about. */
export function ScanLine({ summary, standing, now, children }: Props) {
  return (
    <Box sx={{ display: "flex", alignItems: "flex-start", justifyContent: "flex-end", gap: 1 }} data-cy="scan-line">
      {summary !== null && <Facts summary={summary} fresh={standing?.state === "up_to_date"} now={now} />}
      {children}
    </Box>
  );
}

function Facts({ summary, fresh, now }: { summary: Summary; fresh: boolean; now: number }) {
  const { params, scope } = summary;
  const skipped = skippedText(summary.skipped);
  const { rotations = [] } = summary;
  const facts = [
    `${counted(summary.labels, "label")} in ${counted(summary.samples, summary.unit)}`,
    ago(summary.created_at, now),
    ...(fresh ? ["up to date"] : []),
  ];
  const what = [
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
        {facts.filter((fact) => fact !== "").join(" · ")}
      </Box>
      <Box sx={{ color: "text.secondary" }}>{what.join(" · ")}</Box>
      {summary.unmarked !== null && <Box sx={{ color: "text.secondary" }}>{summary.unmarked}</Box>}
      {skipped !== null && <Box sx={{ color: "text.secondary" }}>{skipped}</Box>}
      {summary.truncated > 0 && (
        <Box sx={{ color: "text.secondary" }}>
          {counted(summary.truncated, summary.unit)} had too many pairs to keep them all; the strongest were kept.
        </Box>
      )}
    </Box>
  );
}
