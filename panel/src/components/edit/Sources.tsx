import { FormControlLabel, Radio, RadioGroup } from "@mui/material";
import * as React from "react";
import type { Source } from "../../protocol/messages";
import { grouped } from "../../words/format";

interface Props {
  readonly source: Source;
  readonly tag: string;
  readonly tagged: number;
  readonly reviewed: boolean;
  /** The number of labels of the plan. */
  readonly planned: number;
  readonly onSource: (source: Source) => void;
}

/** The choice of labels to delete: the reviewed ones, the whole plan, or the tagged ones. */
export function Sources({ source, tag, tagged, reviewed, planned, onSource }: Props) {
  const options = [
    { value: "reviewed", label: "Reviewed labels", cy: "delete-reviewed", offered: reviewed, disabled: false },
    { value: "plan", label: reviewed ? "All at this cut, reviewed or not" : "Labels above this threshold", cy: "delete-plan", offered: true, disabled: planned === 0 },
    { value: "tag", label: `Labels tagged “${tag}” (${grouped(tagged)})`, cy: "delete-tagged", offered: tagged > 0, disabled: false },
  ].filter(({ offered }) => offered);
  return (
    <RadioGroup value={source} onChange={(_, value) => onSource(value as Source)} aria-label="What to delete" sx={{ mb: 1 }}>
      {options.map(({ value, label, cy, disabled }) => (
        <FormControlLabel key={value} value={value} disabled={disabled} title={disabled ? "No label would be removed at this threshold." : undefined} control={<Radio size="small" sx={{ py: 0.25 }} data-cy={cy} />} label={label} slotProps={{ typography: { fontSize: 14 } }} />
      ))}
    </RadioGroup>
  );
}
