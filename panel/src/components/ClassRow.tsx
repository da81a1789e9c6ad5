import { Box, ButtonBase } from "@mui/material";
import * as React from "react";
import { classLabel, counted, grouped, percent } from "../state/format";
import type { ClassName } from "../types";
import { Check } from "./icons";
import { ELLIPSIS } from "./look";

export const ROW_HEIGHT = 28;
export const COLUMNS = "18px minmax(64px, 1.1fr) minmax(32px, 1fr) 56px 52px";

interface Props {
  readonly name: ClassName;
  readonly labels: number;
  /** `null` while the server counts. */
  readonly going: number | null;
  readonly longest: number;
  readonly chosen: boolean;
  readonly onToggle: (name: ClassName) => void;
}

/** One class: how many of its labels would go. A click restricts everything to it. */
export const ClassRow = React.memo(function ClassRow({ name, labels, going, longest, chosen, onToggle }: Props) {
  const label = classLabel(name);
  const told = going === null ? "" : `, ${grouped(going)} of ${counted(labels, "label")} would go`;
  return (
    <ButtonBase
      role="checkbox"
      aria-checked={chosen}
      aria-label={`${label}${told}`}
      title={label}
      onClick={() => onToggle(name)}
      data-cy="class-row"
      sx={{
        display: "grid",
        gridTemplateColumns: COLUMNS,
        columnGap: 1,
        width: "100%",
        height: ROW_HEIGHT,
        px: 0.5,
        borderRadius: 0.5,
        fontSize: 13,
        fontFamily: "inherit",
        textAlign: "left",
        color: going === 0 ? "text.secondary" : "text.primary",
        "&:hover": { bgcolor: "action.hover" },
      }}
    >
      <Box
        sx={{
          width: 14,
          height: 14,
          border: 1,
          borderRadius: 0.5,
          fontSize: 12,
          lineHeight: 0,
          borderColor: chosen ? "primary.main" : "text.secondary",
          bgcolor: chosen ? "primary.main" : "transparent",
          color: "#161616",
        }}
      >
        {chosen && <Check />}
      </Box>
      <Box sx={ELLIPSIS}>{label}</Box>
      <Box sx={{ height: 8, borderRadius: 0.5, overflow: "hidden" }}>
        <div
          style={{ height: "100%", width: `${(100 * (going ?? 0)) / Math.max(longest, 1)}%`, minWidth: going ? 2 : 0, background: "currentColor" }}
          className="iou-bar"
        />
      </Box>
      <Box sx={{ textAlign: "right" }}>{going === null ? "" : grouped(going)}</Box>
      <Box sx={{ textAlign: "right", color: "text.secondary" }}>{going === null ? "" : percent(going, labels)}</Box>
    </ButtonBase>
  );
});
