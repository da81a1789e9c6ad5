import { InputBase } from "@mui/material";
import * as React from "react";
import { afterKey, formatThreshold, parseThreshold } from "../../state/decision/thresholds";

interface Props {
  /** The name for screen readers, as the screen may show two of these fields. */
  readonly label: string;
  readonly cy: string;
  readonly threshold: number;
  readonly onChange: (threshold: number, settled: boolean) => void;
}

/** The threshold as a number of up to three decimals. Enter or leaving the field applies it. */
export function ThresholdField({ label, cy, threshold, onChange }: Props) {
  const [typed, setTyped] = React.useState<string | null>(null);
  const parsed = typed === null ? threshold : parseThreshold(typed);
  const invalid = parsed === null;

  function apply() {
    if (typed !== null && parsed !== null) onChange(parsed, true);
    setTyped(null);
  }
  function onKeyDown(event: React.KeyboardEvent) {
    if (event.key === "Enter") return apply();
    if (event.key === "Escape") return setTyped(null);
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    event.preventDefault();
    const next = afterKey(parsed ?? threshold, event.key, event.shiftKey);
    if (next === null) return;
    setTyped(null);
    onChange(next, true);
  }

  return (
    <InputBase
      value={typed ?? formatThreshold(threshold)}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={apply}
      onKeyDown={onKeyDown}
      error={invalid}
      inputProps={{
        "aria-label": label,
        "aria-invalid": invalid,
        inputMode: "decimal",
        "data-cy": cy,
        title: "From 0.05 to 1, up to three decimals",
      }}
      sx={{
        width: 68,
        flex: "none",
        border: 1,
        borderColor: invalid ? "error.main" : "divider",
        borderRadius: 1,
        "&.Mui-focused": { borderColor: invalid ? "error.main" : "primary.main" },
        "& input": { py: 0.5, textAlign: "center", fontSize: 16, fontWeight: 600, fontVariantNumeric: "tabular-nums", outline: "none" },
      }}
    />
  );
}
