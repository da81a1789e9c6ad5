import { Box, Button, IconButton, styled } from "@mui/material";
import * as React from "react";
import { counted, grouped } from "../../words/format";
import { hasRule, overlapsAt, pairKey, pairLabel, pairOf, ruleLabel, shareText } from "../../state/classPairs";
import type { ClassPair } from "../../protocol/messages";
import { ChevronDown } from "../widgets/icons";
import { ELLIPSIS } from "../widgets/theme";
import { PairRule } from "./ClassPairRule";

interface Props {
  readonly pair: ClassPair;
  readonly index: number;
  readonly open: boolean;
  readonly busy: boolean;
  readonly onToggle: (key: string) => void;
  readonly onOpen: (pair: ClassPair) => void;
  readonly onRule: (pair: ClassPair, mayOverlap: boolean, own: number | null) => void;
}

const Row = styled("li")(({ theme: { palette } }) => ({
  fontSize: 13,
  borderRadius: 4,
  "&:hover": { background: palette.action.hover },
  "& .iou-line": { display: "flex", alignItems: "center", gap: 8, minHeight: 32, padding: "0 4px" },
  "& .iou-share": { flex: "none", fontSize: 12, color: palette.text.secondary },
  "& .iou-rule": { flex: "none", padding: "0 6px", fontSize: 11, lineHeight: "18px", borderRadius: 9, border: `1px solid ${palette.primary.main}` },
}));

/** One pair of classes: a click shows its groups; the arrow opens what holds for it. */
export const PairRow = React.memo(function PairRow({ pair, index, open, busy, onToggle, onOpen, onRule }: Props) {
  const label = pairLabel(pairOf(pair));
  return (
    <Row data-cy="pair-row">
      <div className="iou-line">
        <Button
          size="small"
          color="secondary"
          onClick={() => onOpen(pair)}
          data-cy="pair-groups"
          title={`Show the groups of ${label}`}
          sx={{ minWidth: 0, px: 0.5, py: 0, justifyContent: "flex-start", textTransform: "none", color: "text.primary", fontWeight: 400, fontSize: 13, ...ELLIPSIS, display: "block", textAlign: "left" }}
        >
          {label}
        </Button>
        {hasRule(pair) && <span className="iou-rule">{ruleLabel(pair)}</span>}
        <Box sx={{ ml: "auto", flex: "none" }} data-cy="pair-count" title={counted(overlapsAt(pair, index), "overlap")}>
          {grouped(overlapsAt(pair, index))}
        </Box>
        <span className="iou-share" title="How many of their overlaps in this dataset are of one object, as the likelihood has it">
          {shareText(pair.share)}
        </span>
        <IconButton size="small" aria-label={`What holds for ${label}`} aria-expanded={open} onClick={() => onToggle(pairKey(pair))} data-cy="pair-more" sx={{ p: 0.25 }}>
          <ChevronDown sx={{ transform: open ? "rotate(180deg)" : undefined }} />
        </IconButton>
      </div>
      {open && <PairRule pair={pair} busy={busy} onRule={onRule} />}
    </Row>
  );
});
