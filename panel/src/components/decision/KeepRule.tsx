import { Box, IconButton, InputBase } from "@mui/material";
import * as React from "react";
import type { Rule } from "../../state/decision/keepRules";
import { ArrowUp, Close } from "../widgets/icons";
import { Reason } from "../widgets/Reason";

interface Props {
  readonly rule: Rule;
  /** Its index among the rules. */
  readonly place: number;
  readonly onChange: (rule: Rule) => void;
  readonly onRaise: () => void;
  readonly onRemove: () => void;
}

/** One rule, with fields for its arguments. */
export function KeepRule({ rule, place, onChange, onRaise, onRemove }: Props) {
  const { label, key, values } = rule.entry;
  return (
    <Box component="li" data-cy="keep-rule" sx={{ display: "flex", alignItems: "flex-start", gap: 0.5, py: 0.5 }}>
      <Box sx={{ width: 16, lineHeight: "28px", color: "text.secondary" }}>{place + 1}</Box>
      <Box sx={{ flex: 1, minWidth: 0 }}>
        <Box sx={{ lineHeight: "28px" }}>{label}</Box>
        {key !== "" && <Field label={key} value={rule.key} focus={rule.key === ""} onChange={(typed) => onChange({ ...rule, key: typed })} />}
        {values !== "" && (
          <Field label={values} value={rule.values} focus={rule.key === "" && key === "" && rule.values === ""} onChange={(typed) => onChange({ ...rule, values: typed })} />
        )}
      </Box>
      <Reason why={place === 0 ? "This rule is already first." : null}>
        <IconButton size="small" aria-label={`Move the rule ${label} up`} disabled={place === 0} onClick={onRaise} data-cy="keep-raise">
          <ArrowUp />
        </IconButton>
      </Reason>
      <IconButton size="small" aria-label={`Remove the rule ${label}`} onClick={onRemove} data-cy="keep-remove">
        <Close />
      </IconButton>
    </Box>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly focus: boolean;
  readonly onChange: (value: string) => void;
}

function Field({ label, value, focus, onChange }: FieldProps) {
  const [first] = React.useState(focus);
  return (
    <InputBase
      fullWidth
      autoFocus={first}
      value={value}
      placeholder={label}
      onChange={(event) => onChange(event.target.value)}
      inputProps={{ "aria-label": label, maxLength: 500 }}
      sx={{ mb: 0.5, fontSize: 13, borderBottom: 1, borderColor: "divider", "&.Mui-focused": { borderColor: "primary.main" }, "& input": { outline: "none" } }}
    />
  );
}
