import { MenuItem, TextField } from "@mui/material";
import * as React from "react";

interface Props<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly onChange: (value: T) => void;
  readonly cy: string;
}

export function Choice<T extends string>({ label, value, options, onChange, cy }: Props<T>) {
  const id = React.useId();
  return (
    <TextField
      select
      fullWidth
      size="small"
      id={id}
      label={label}
      value={value}
      onChange={(event) => onChange(event.target.value as T)}
      data-cy={cy}
      InputLabelProps={{ shrink: true }}
      SelectProps={{ displayEmpty: true, MenuProps: { PaperProps: { sx: { maxHeight: 320 } } } }}
      sx={{ "& .MuiSelect-select": { fontSize: 13, py: "7px" }, "& .MuiInputLabel-root, & .MuiInputLabel-root.Mui-focused": { color: "text.secondary" } }}
    >
      {options.map((option) => (
        <MenuItem key={option.value} value={option.value} dense>
          {option.label}
        </MenuItem>
      ))}
    </TextField>
  );
}
