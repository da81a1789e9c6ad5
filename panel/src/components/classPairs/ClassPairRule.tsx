import { Box } from "@mui/material";
import * as React from "react";
import { parseThreshold, toIou, toThousandths } from "../../state/thresholds";
import type { ClassPair } from "../../protocol/messages";
import { Segments } from "../widgets/Segments";
import { ThresholdField } from "../widgets/ThresholdField";

interface Props {
  readonly pair: ClassPair;
  readonly busy: boolean;
  readonly onRule: (pair: ClassPair, mayOverlap: boolean, own: number | null) => void;
}

type Kind = "rest" | "overlap" | "own";

const FIRST_OWN = parseThreshold("0.9") ?? 900;

/** What holds for a pair of classes: as for the rest, they may overlap, or a threshold of their own. */
export function PairRule({ pair, busy, onRule }: Props) {
  const kind: Kind = pair.may_overlap ? "overlap" : pair.iou_thresh === null ? "rest" : "own";
  const own = pair.iou_thresh === null ? FIRST_OWN : toThousandths(pair.iou_thresh);
  function onKind(next: Kind) {
    if (next === kind || busy) return;
    onRule(pair, next === "overlap", next === "own" ? toIou(own) : null);
  }
  return (
    <Box sx={{ px: 1, pb: 1 }} data-cy="pair-rule">
      <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 1 }}>
        <Segments
          label="What holds for them"
          value={kind}
          options={[
            { value: "rest", content: "as the rest", title: "The threshold above decides" },
            { value: "overlap", content: "may overlap", title: "Their labels are never duplicates of each other" },
            { value: "own", content: "own threshold", title: "Their labels are duplicates above a threshold of their own" },
          ]}
          onChange={onKind}
          cy="pair-rule"
        />
        {kind === "own" && <ThresholdField threshold={own} onChange={(next, settled) => settled && next !== own && onRule(pair, false, toIou(next))} />}
      </Box>
      <Box sx={{ mt: 0.5, fontSize: 12, color: "text.secondary" }}>Stored with the dataset; scans and plans from now on respect it.</Box>
    </Box>
  );
}
