import { InputBase } from "@mui/material";
import * as React from "react";
import { parseFrames } from "../../state/scan/tabs";

interface Props {
  readonly frames: number;
  readonly onChange: (frames: number) => void;
}

/** A number of frames, at least 1. Enter or leaving the field applies it; arrow keys change it. */
export function FramesField({ frames, onChange }: Props) {
  const [typed, setTyped] = React.useState<string | null>(null);
  const parsed = typed === null ? frames : parseFrames(typed);
  const invalid = parsed === null;

  function apply() {
    if (parsed !== null && parsed !== frames) onChange(parsed);
    setTyped(null);
  }
  function onKeyDown(event: React.KeyboardEvent) {
    if (event.key === "Enter") return apply();
    if (event.key === "Escape") return setTyped(null);
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    setTyped(null);
    onChange(Math.max(1, (parsed ?? frames) + step));
  }

  return (
    <InputBase
      value={typed ?? String(frames)}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={apply}
      onKeyDown={onKeyDown}
      error={invalid}
      inputProps={{ "aria-label": "Minimum number of frames", "aria-invalid": invalid, inputMode: "numeric", "data-cy": "min-frames" }}
      sx={{
        width: 48,
        flex: "none",
        border: 1,
        borderColor: invalid ? "error.main" : "divider",
        borderRadius: 1,
        "&.Mui-focused": { borderColor: invalid ? "error.main" : "primary.main" },
        "& input": { py: "3px", textAlign: "center", fontSize: 13, fontVariantNumeric: "tabular-nums", outline: "none" },
      }}
    />
  );
}
