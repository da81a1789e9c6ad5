import { Box, MenuItem, TextField } from "@mui/material";
import * as React from "react";
import { SELECT } from "./theme";

export interface Option<T extends string> {
  readonly value: T;
  readonly label: string;
  /** Shown in the closed field, if it is not the label. */
  readonly short?: string;
  /** Shown in the list, below the label. */
  readonly note?: string;
}

interface Props<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly Option<T>[];
  readonly onChange: (value: T) => void;
  readonly cy: string;
  readonly disabled?: boolean;
}

export function Choice<T extends string>({ label, value, options, onChange, cy, disabled = false }: Props<T>) {
  const id = React.useId();
  return (
    <TextField
      select
      fullWidth
      size="small"
      id={id}
      label={label}
      value={value}
      disabled={disabled}
      onChange={(event) => onChange(event.target.value as T)}
      data-cy={cy}
      InputLabelProps={{ shrink: true }}
      SelectProps={{
        displayEmpty: true,
        MenuProps: { PaperProps: { sx: { maxHeight: 360, maxWidth: 340 } } },
        renderValue: (chosen) => {
          const option = options.find(({ value: of }) => of === chosen);
          return option?.short ?? option?.label ?? "";
        },
      }}
      sx={SELECT}
    >
      {options.map((option) => (
        <MenuItem key={option.value} value={option.value} dense data-cy={`${cy}-${option.value}`} sx={{ whiteSpace: "normal" }}>
          <Box>
            {option.label}
            {option.note !== undefined && <Box sx={{ fontSize: 12, color: "text.secondary" }}>{option.note}</Box>}
          </Box>
        </MenuItem>
      ))}
    </TextField>
  );
}
