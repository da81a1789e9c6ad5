import { Box } from "@mui/material";
import * as React from "react";
import type { Colors } from "../../plot/marks";
import type { Plot } from "../../plot/plot";
import { counted } from "../../words/format";

interface Props {
  readonly plot: Plot;
  readonly colors: Colors;
}

/** The meaning of the line of the histogram, and what it does not draw; its title says what the bars are. */
export const Legend = React.memo(function Legend({ plot, colors }: Props) {
  return (
    <Box data-cy="legend" sx={{ display: "flex", flexWrap: "wrap", gap: "0 12px", justifyContent: "center", fontSize: 12, color: "text.secondary" }}>
      <Key mark={<path d="M0 3L6 8L12 9" fill="none" stroke={colors.text} strokeWidth={1.5} />}>
        removed at each threshold{plot.curveTicks.length > 0 && " (right axis)"}
      </Key>
      {plot.below > 0 && <span>{counted(plot.below, "label")} below 0.05 not drawn</span>}
    </Box>
  );
});

function Key({ mark, children }: { mark: React.ReactNode; children: React.ReactNode }) {
  return (
    <span>
      <svg width={12} height={12} aria-hidden style={{ display: "inline-block", marginRight: 4, verticalAlign: "-1px" }}>
        {mark}
      </svg>
      {children}
    </span>
  );
}
