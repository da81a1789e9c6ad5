import { Box, TextField } from "@mui/material";
import * as React from "react";
import { FORM_FIELD } from "../widgets/theme";

interface Props {
  readonly label: string;
  readonly range: readonly number[] | null;
  /** The end of a range without an end. */
  readonly highest: number;
  readonly cy: string;
  readonly onChange: (range: number[] | null) => void;
}

/** A range of numbers; an empty field is no limit. Enter or leaving a field applies it. */
export function RangeFields({ label, range, highest, cy, onChange }: Props) {
  const written = (value: number | undefined, none: number) => (value === undefined || value === none ? "" : String(value));
  const [from, setFrom] = React.useState(written(range?.[0], 0));
  const [to, setTo] = React.useState(written(range?.[1], highest));
  const [low, high] = [numberIn(from, 0), numberIn(to, highest)];
  const wrong = low === null || high === null || low > high;

  function apply() {
    if (low === null || high === null || low > high) return;
    const next = low === 0 && high === highest ? null : [low, high];
    if (JSON.stringify(next) !== JSON.stringify(range)) onChange(next);
  }
  const field = (value: string, set: (typed: string) => void, name: string, hint: string) => (
    <TextField
      size="small"
      placeholder={hint}
      value={value}
      error={wrong}
      onChange={(event) => set(event.target.value)}
      onBlur={apply}
      onKeyDown={(event) => event.key === "Enter" && apply()}
      inputProps={{ inputMode: "decimal", "aria-label": `${label}, ${name}`, "aria-invalid": wrong, "data-cy": `${cy}-${name}` }}
      sx={{ ...FORM_FIELD, flex: 1 }}
    />
  );
  return (
    <Box role="group" aria-label={label} sx={{ display: "flex", alignItems: "center", gap: 0.5, gridColumn: "1 / -1" }}>
      <Box sx={{ width: 110, flex: "none" }} aria-hidden>
        {label}
      </Box>
      {field(from, setFrom, "from", "from")}
      {field(to, setTo, "to", "to")}
    </Box>
  );
}

function numberIn(typed: string, none: number): number | null {
  if (typed.trim() === "") return none;
  const value = Number(typed.replace(",", "."));
  return Number.isFinite(value) && value >= 0 ? value : null;
}
