import { Box, IconButton, InputBase } from "@mui/material";
import * as React from "react";
import { kindOf, type Rule } from "../../state/keepRules";
import { ArrowUp, Close } from "../widgets/icons";

interface Props {
  readonly rule: Rule;
  /** Its place among the rules, from 0. */
  readonly place: number;
  readonly onChange: (rule: Rule) => void;
  readonly onRaise: () => void;
  readonly onRemove: () => void;
}

/** One rule, with what it needs to be told. */
export function KeepRule({ rule, place, onChange, onRaise, onRemove }: Props) {
  const kind = kindOf(rule.name);
  return (
    <Box component="li" data-cy="keep-rule" sx={{ display: "flex", alignItems: "flex-start", gap: 0.5, py: 0.5 }}>
      <Box sx={{ width: 16, lineHeight: "28px", color: "text.secondary" }}>{place + 1}</Box>
      <Box sx={{ flex: 1, minWidth: 0 }}>
        <Box sx={{ lineHeight: "28px" }}>{kind.label}</Box>
        {kind.key !== undefined && <Field label={kind.key} value={rule.key} focus={rule.key === ""} onChange={(key) => onChange({ ...rule, key })} />}
        {kind.values !== undefined && (
          <Field label={kind.values} value={rule.values} focus={rule.key === "" && kind.key === undefined && rule.values === ""} onChange={(values) => onChange({ ...rule, values })} />
        )}
      </Box>
      <IconButton size="small" aria-label={`${kind.label} counts more`} disabled={place === 0} onClick={onRaise} data-cy="keep-raise">
        <ArrowUp />
      </IconButton>
      <IconButton size="small" aria-label={`Remove the rule ${kind.label}`} onClick={onRemove} data-cy="keep-remove">
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
