import { Box, Button, MenuItem, TextField } from "@mui/material";
import * as React from "react";
import type { KeepRule as Entry } from "../../protocol/messages";
import { isWhole, parseRule, type Rule, ruleText } from "../../state/decision/keepRules";
import { Reason } from "../widgets/Reason";
import { ON_PRIMARY } from "../widgets/theme";
import { KeepRule } from "./KeepRule";

interface Props {
  readonly keep: readonly string[];
  /** All rules that can be added. */
  readonly known: readonly Entry[];
  readonly onApply: (keep: readonly string[]) => void;
  readonly onCancel: () => void;
}

/** The keep rules, the most important first. */
export function KeepRules({ keep, known, onApply, onCancel }: Props) {
  const [rules, setRules] = React.useState<readonly Rule[]>(() => keep.map((text) => parseRule(text, known)).filter((rule) => rule !== null));
  const change = (k: number, rule: Rule) => setRules(rules.map((old, i) => (i === k ? rule : old)));
  const add = (entry: Entry | undefined) => entry !== undefined && setRules([...rules, { entry, key: "", values: "" }]);
  const remove = (k: number) => setRules(rules.filter((_, i) => i !== k));
  const raise = (k: number) => setRules(rules.map((rule, i) => (i === k - 1 ? (rules[k] ?? rule) : i === k ? (rules[k - 1] ?? rule) : rule)));
  const whole = rules.every(isWhole);
  return (
    <Box
      role="dialog"
      aria-label="Which label is kept"
      component="form"
      onSubmit={(event: React.FormEvent) => {
        event.preventDefault();
        if (whole) onApply(rules.map(ruleText));
      }}
      sx={{ width: 320, maxWidth: "92vw", p: 1.5, fontSize: 13 }}
      data-cy="keep-rules"
    >
      <Box sx={{ mb: 1, lineHeight: 1.5, color: "text.secondary" }}>
        {rules.length === 0
          ? "FiftyOne’s order decides: simple keeps the first label of a pair, greedy the later one. Add a rule to choose which label is kept."
          : "The first rule that tells two labels apart decides which one is kept. If none does, the earlier label is kept."}
      </Box>
      <Box component="ol" sx={{ m: 0, p: 0, listStyle: "none" }}>
        {rules.map((rule, k) => (
          <KeepRule key={`${rule.entry.name}-${k}`} rule={rule} place={k} onChange={(next) => change(k, next)} onRaise={() => raise(k)} onRemove={() => remove(k)} />
        ))}
      </Box>
      <TextField
        select
        fullWidth
        size="small"
        label={rules.length === 0 ? "Which label is kept" : "Then"}
        value=""
        onChange={(event) => add(known.find(({ name }) => name === event.target.value))}
        InputLabelProps={{ shrink: true }}
        SelectProps={{ displayEmpty: true, renderValue: () => "Add a rule…" }}
        sx={{ mt: 1, "& .MuiSelect-select": { fontSize: 13, py: "7px" }, "& .MuiInputLabel-root, & .MuiInputLabel-root.Mui-focused": { color: "text.secondary" } }}
        data-cy="keep-add"
      >
        {known.map(({ name, label }) => (
          <MenuItem key={name} value={name} dense data-cy={`keep-add-${name}`}>
            {label}
          </MenuItem>
        ))}
      </TextField>
      <Box sx={{ display: "flex", justifyContent: "flex-end", gap: 1, mt: 1.5 }}>
        <Button size="small" color="secondary" onClick={onCancel} sx={{ textTransform: "none" }}>
          Cancel
        </Button>
        <Reason why={whole ? null : "Fill in every rule."}>
          <Button type="submit" size="small" variant="contained" disableElevation disabled={!whole} data-cy="keep-apply" sx={{ ...ON_PRIMARY, textTransform: "none" }}>
            Apply
          </Button>
        </Reason>
      </Box>
    </Box>
  );
}
