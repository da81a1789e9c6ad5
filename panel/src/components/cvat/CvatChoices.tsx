import { Box, FormControlLabel, Radio, RadioGroup, TextField } from "@mui/material";
import * as React from "react";
import { FORM_FIELD } from "../widgets/theme";

export interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
  readonly disabled?: boolean;
}

interface ChoicesProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly Choice<T>[];
  readonly onChange: (value: T) => void;
  readonly cy: string;
}

export function Choices<T extends string>({ label, value, choices, onChange, cy }: ChoicesProps<T>) {
  return (
    <RadioGroup value={value} onChange={(_, chosen) => onChange(chosen as T)} aria-label={label} sx={{ mb: 1 }}>
      <Box sx={{ fontSize: 12, color: "text.secondary" }}>{label}</Box>
      {choices.map((choice) => (
        <FormControlLabel
          key={choice.value}
          value={choice.value}
          disabled={choice.disabled ?? false}
          control={<Radio size="small" sx={{ py: 0.25 }} data-cy={`${cy}-${choice.value}`} />}
          label={choice.label}
          slotProps={{ typography: { fontSize: 14 } }}
        />
      ))}
    </RadioGroup>
  );
}

interface ServerFieldProps {
  readonly label: string;
  readonly note: string;
  readonly url: string;
  readonly onChange: (url: string) => void;
}

/** The address of a CVAT server. */
export function ServerField({ label, note, url, onChange }: ServerFieldProps) {
  return (
    <TextField
      fullWidth
      size="small"
      label={label}
      value={url}
      placeholder="https://cvat.example.org"
      helperText={note}
      onChange={(event) => onChange(event.target.value)}
      InputLabelProps={{ shrink: true }}
      inputProps={{ "data-cy": "cvat-url", inputMode: "url", autoComplete: "off", spellCheck: false, maxLength: 300 }}
      sx={{ mt: 2, mb: 1, ...FORM_FIELD, "& .MuiFormHelperText-root": { mx: 0 } }}
    />
  );
}
