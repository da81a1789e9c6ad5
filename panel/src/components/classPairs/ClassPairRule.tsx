import { Box } from "@mui/material";
import * as React from "react";
import type { ClassPair } from "../../protocol/messages";
import { classNamesOf } from "../../state/scan/classPairs";
import { parseThreshold, toIou, toThousandths } from "../../state/decision/thresholds";
import { classPairLabel } from "../../words/classes";
import { Segments } from "../widgets/Segments";
import { ThresholdField } from "../widgets/ThresholdField";

interface Props {
  readonly classPair: ClassPair;
  readonly busy: boolean;
  readonly onRule: (classPair: ClassPair, mayOverlap: boolean, own: number | null) => void;
}

type Kind = "rest" | "overlap" | "own";

const FIRST_OWN = parseThreshold("0.9") ?? 900;

/** The rule of a class pair: the main threshold, a separate threshold, or overlap is allowed. */
export function ClassPairRule({ classPair, busy, onRule }: Props) {
  const kind: Kind = classPair.may_overlap ? "overlap" : classPair.iou_thresh === null ? "rest" : "own";
  const own = classPair.iou_thresh === null ? FIRST_OWN : toThousandths(classPair.iou_thresh);
  const names = classPairLabel(classNamesOf(classPair));
  function onKind(next: Kind) {
    if (next === kind || busy) return;
    onRule(classPair, next === "overlap", next === "own" ? toIou(own) : null);
  }
  return (
    <Box sx={{ px: 1, pb: 1 }} data-cy="class-pair-rule">
      <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 1 }}>
        <Segments
          label="Rule"
          value={kind}
          options={[
            { value: "rest", content: "main threshold", title: "They are duplicates above the main threshold" },
            { value: "overlap", content: "may overlap", title: "They are never duplicates of each other" },
            { value: "own", content: "own threshold", title: "They are duplicates above a separate threshold" },
          ]}
          onChange={onKind}
          cy="class-pair-rule"
        />
        {kind === "own" && <ThresholdField label={`Threshold of ${names}`} cy="class-pair-threshold" threshold={own} onChange={(next, settled) => settled && next !== own && onRule(classPair, false, toIou(next))} />}
      </Box>
      <Box sx={{ mt: 0.5, fontSize: 12, color: "text.secondary" }}>Stored with the dataset. Later scans and plans respect it.</Box>
    </Box>
  );
}
