import { Box } from "@mui/material";
import * as React from "react";
import type { CountAxis } from "../../state/cut/remembered";
import type { Restriction } from "../../state/scan/scan";
import { barsTitle } from "../../words/classes";
import { Segments } from "../widgets/Segments";

interface Props {
  /** "IoU", "IoS", "OKS" or "likelihood". */
  readonly measure: string;
  readonly restriction: Restriction;
  readonly axis: CountAxis;
  readonly onAxis: (axis: CountAxis) => void;
}

export const HistogramTop = React.memo(function HistogramTop({ measure, restriction, axis, onAxis }: Props) {
  return (
    <Box sx={{ display: "flex", alignItems: "center", gap: 0.5, mb: 0.5 }}>
      <Box component="h3" sx={{ m: 0, flex: 1, minWidth: 0, fontSize: 13, fontWeight: 600, overflowWrap: "anywhere" }} data-cy="bars-title">
        {barsTitle(measure, restriction)}
      </Box>
      <Segments
        label="Count axis"
        value={axis}
        options={[
          { value: "linear", content: "lin", title: "Linear" },
          { value: "log", content: "log", title: "Logarithmic" },
        ]}
        onChange={onAxis}
        cy="axis"
      />
    </Box>
  );
});
