import { Box, Button, IconButton, styled } from "@mui/material";
import * as React from "react";
import type { ClassPair } from "../../protocol/messages";
import { classNamesOf, classPairKey, hasRule, overlapsAt } from "../../state/scan/classPairs";
import { classPairLabel, ruleLabel, shareText } from "../../words/classes";
import { counted, grouped } from "../../words/format";
import { ChevronDown } from "../widgets/icons";
import { ELLIPSIS } from "../widgets/theme";
import { ClassPairRule } from "./ClassPairRule";

interface Props {
  readonly classPair: ClassPair;
  readonly index: number;
  readonly open: boolean;
  readonly busy: boolean;
  readonly onToggle: (key: string) => void;
  readonly onOpen: (classPair: ClassPair) => void;
  readonly onRule: (classPair: ClassPair, mayOverlap: boolean, own: number | null) => void;
}

const Row = styled("li")(({ theme: { palette } }) => ({
  fontSize: 13,
  borderRadius: 4,
  "&:hover": { background: palette.action.hover },
  "& .iou-line": { display: "flex", alignItems: "center", gap: 8, minHeight: 32, padding: "0 4px" },
  "& .iou-share": { flex: "none", fontSize: 12, color: palette.text.secondary },
  "& .iou-rule": { flex: "none", padding: "0 6px", fontSize: 11, lineHeight: "18px", borderRadius: 9, border: `1px solid ${palette.primary.main}` },
}));

/** One class pair: a click shows its groups; the arrow opens its rule. */
export const ClassPairRow = React.memo(function ClassPairRow({ classPair, index, open, busy, onToggle, onOpen, onRule }: Props) {
  const label = classPairLabel(classNamesOf(classPair));
  return (
    <Row data-cy="class-pair-row">
      <div className="iou-line">
        <Button
          size="small"
          color="secondary"
          onClick={() => onOpen(classPair)}
          data-cy="class-pair-groups"
          title={`Show the groups of ${label}`}
          sx={{ minWidth: 0, px: 0.5, py: 0, justifyContent: "flex-start", textTransform: "none", color: "text.primary", fontWeight: 400, fontSize: 13, ...ELLIPSIS, display: "block", textAlign: "left" }}
        >
          {label}
        </Button>
        {hasRule(classPair) && <span className="iou-rule">{ruleLabel(classPair)}</span>}
        <Box sx={{ ml: "auto", flex: "none" }} data-cy="class-pair-count" title={counted(overlapsAt(classPair, index), "overlap")}>
          {grouped(overlapsAt(classPair, index))}
        </Box>
        <span className="iou-share" title="The estimated share of their overlaps above IoU 0.25 in this dataset that are two labels of one object">
          {shareText(classPair.share)}
        </span>
        <IconButton size="small" aria-label={`Rule for ${label}`} aria-expanded={open} onClick={() => onToggle(classPairKey(classPair))} data-cy="class-pair-more" sx={{ p: 0.25 }}>
          <ChevronDown sx={{ transform: open ? "rotate(180deg)" : undefined }} />
        </IconButton>
      </div>
      {open && <ClassPairRule classPair={classPair} busy={busy} onRule={onRule} />}
    </Row>
  );
});
