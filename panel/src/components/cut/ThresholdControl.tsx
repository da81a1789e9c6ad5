import { Slider } from "@mui/material";
import * as React from "react";
import { afterKey, formatThreshold, HIGHEST, LOWEST, snap, STEP } from "../../state/decision/thresholds";

interface Props {
  /** "IoU", "IoS" or "OKS". */
  readonly measure: string;
  readonly threshold: number;
  readonly inset: { readonly left: number; readonly right: number };
  readonly onChange: (threshold: number, settled: boolean) => void;
}

/** The slider below the histogram, on the same scale. */
export function ThresholdControl({ measure, threshold, inset, onChange }: Props) {
  function onKeyDown(event: React.KeyboardEvent) {
    const next = afterKey(threshold, event.key, event.shiftKey);
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    onChange(next, false);
  }

  return (
    <div
      style={{ marginLeft: inset.left, marginRight: inset.right }}
      onKeyDownCapture={onKeyDown}
      onKeyUpCapture={() => onChange(threshold, true)}
      data-cy="threshold-slider"
    >
      <Slider
        size="small"
        aria-label={`${measure} threshold`}
        value={threshold}
        min={LOWEST}
        max={HIGHEST}
        step={STEP}
        track="inverted"
        getAriaValueText={(value) => `${measure} above ${formatThreshold(value)}`}
        onChange={(_, value) => onChange(snap(value as number), false)}
        onChangeCommitted={(_, value) => onChange(snap(value as number), true)}
        sx={{
          display: "block",
          py: "8px",
          "& .MuiSlider-rail": { opacity: 1, bgcolor: "primary.main" },
          "& .MuiSlider-track": { bgcolor: "divider", borderColor: "divider" },
        }}
      />
    </div>
  );
}
