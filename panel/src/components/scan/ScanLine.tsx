import { Box, ButtonBase } from "@mui/material";
import * as React from "react";
import type { Freshness, Summary } from "../../protocol/messages";
import { ago, counted } from "../../words/format";
import { skippedText, freshnessText } from "../../words/freshness";
import { shownParts } from "../../words/scan";
import { Check, ChevronDown, Warning } from "../widgets/icons";

interface Props {
  readonly summary: Summary;
  /** Whether only pairs of the same class count. */
  readonly classwise: boolean;
  readonly freshness: Freshness | null;
  readonly open: boolean;
  readonly onToggle: () => void;
}

/** The scan that the numbers below refer to: all that it compared, in one line that opens to the form. */
export function ScanLine({ summary, classwise, freshness, open, onToggle }: Props) {
  const text = freshnessText(freshness);
  const said = [
    ...shownParts(summary, classwise),
    counted(summary.labels, "label"),
    ...(summary.skipped.count === 0 ? [] : [`${counted(summary.skipped.count, "label")} skipped`]),
    text,
  ];
  const parts = said.filter((part) => part !== "");
  return (
    <ButtonBase
      onClick={onToggle}
      aria-expanded={open}
      aria-label={`Scan options. Shown: ${parts.join(", ")}`}
      data-cy="scan-line"
      sx={{ flex: 1, minWidth: 0, display: "block", px: 0.5, mx: -0.5, borderRadius: 1, fontFamily: "inherit", fontSize: 13, lineHeight: 1.5, textAlign: "left", overflowWrap: "anywhere", "&:hover": { bgcolor: "action.hover" } }}
    >
      {text === "up to date" ? <Check sx={MARK} /> : text === "" ? null : <Warning sx={{ ...MARK, color: "#e0b000" }} />}
      {parts.slice(0, -1).map((part) => `${part} · `)}
      <span style={ONE_LINE}>
        {parts[parts.length - 1]}
        <ChevronDown sx={{ ml: 0.75, verticalAlign: "-2px", transform: open ? "rotate(180deg)" : undefined }} />
      </span>
    </ButtonBase>
  );
}

const ONE_LINE = { whiteSpace: "nowrap" } as const;
const MARK = { mr: 0.5, verticalAlign: "-2px", color: "text.secondary" } as const;

interface NotesProps {
  readonly summary: Summary;
  readonly now: number;
  /** Whether the form is open, which has room for all of them. */
  readonly whole: boolean;
}

/** When a scan was made, and what limits its numbers. */
export function ScanNotes({ summary, now, whole }: NotesProps) {
  const notes = [
    whole ? `Scanned ${counted(summary.samples, summary.unit)} ${ago(summary.created_at, now)}.` : null,
    summary.unmarked,
    summary.truncated === 0 ? null : `${counted(summary.truncated, summary.unit)} had too many pairs to store; only the strongest are stored.`,
    whole ? skippedText(summary.skipped) : null,
  ].filter((note) => note !== null);
  if (notes.length === 0) return null;
  return (
    <Box data-cy="scan-notes" sx={{ fontSize: 13, lineHeight: 1.5, color: "text.secondary", overflowWrap: "anywhere" }}>
      {notes.map((note) => (
        <div key={note}>{note}</div>
      ))}
    </Box>
  );
}
