import { Box, MenuItem, TextField } from "@mui/material";
import * as React from "react";
import type { ClassName } from "../../protocol/messages";
import type { Filters } from "../../protocol/review";
import type { Scan } from "../../state/scan/scan";
import { classLabel } from "../../words/classes";
import { Choice } from "../widgets/Choice";
import { FORM_FIELD, SELECT } from "../widgets/theme";
import { RangeFields } from "./RangeFields";

interface Props {
  readonly scan: Scan;
  readonly filters: Filters;
  readonly onChange: (part: Partial<Filters>) => void;
}

const CHAINS = [
  { value: "all", label: "Chains and others" },
  { value: "chains", label: "Only chains" },
  { value: "cliques", label: "No chains" },
] as const;
const MOST_CLASSES = 500;

/** The filters of the groups. */
export function FilterFields({ scan, filters, onChange }: Props) {
  const names = scan.summary.classes.slice(0, MOST_CLASSES).map(({ name }) => name);
  const { classes, class_pair: classPair, chains } = filters;
  const setClassPair = (index: 0 | 1, name: string) => {
    const chosen = classNamed(names, name);
    if (chosen === undefined) return onChange({ class_pair: null });
    const next: ClassName[] = classPair === null ? [chosen, chosen] : [...classPair];
    next[index] = chosen;
    onChange({ class_pair: next });
  };
  return (
    <Box sx={{ display: "grid", gridTemplateColumns: "1fr 1fr", gap: 1.5 }}>
      <RangeFields label="Likelihood" range={filters.likelihood} highest={1} cy="filter-likelihood" onChange={(likelihood) => onChange({ likelihood })} />
      <RangeFields label="Overlap" range={filters.overlap} highest={1} cy="filter-overlap" onChange={(overlap) => onChange({ overlap })} />
      <RangeFields label="Size in pixels" range={filters.size} highest={1e9} cy="filter-size" onChange={(size) => onChange({ size })} />
      <Choice label="Chains" value={chains === null ? "all" : chains ? "chains" : "cliques"} options={CHAINS} onChange={(value) => onChange({ chains: value === "all" ? null : value === "chains" })} cy="filter-chains" />
      <TextField
        select
        size="small"
        label="Class"
        value={classes?.map(nameKey) ?? []}
        onChange={(event) => {
          const chosen = (event.target.value as unknown as string[]).flatMap((key) => classNamed(names, key) ?? (key === nameKey(null) ? [null] : []));
          onChange({ classes: chosen.length === 0 ? null : chosen });
        }}
        InputLabelProps={{ shrink: true }}
        SelectProps={{ multiple: true, displayEmpty: true, MenuProps: { PaperProps: { sx: { maxHeight: 360 } } }, renderValue: (chosen) => (chosen as string[]).length === 0 ? "any" : classes?.map(classLabel).join(", ") }}
        data-cy="filter-classes"
        sx={SELECT}
      >
        {names.map((name) => (
          <MenuItem key={nameKey(name)} value={nameKey(name)} dense>
            {classLabel(name)}
          </MenuItem>
        ))}
      </TextField>
      {([0, 1] as const).map((index) => (
        <Choice
          key={index}
          label={index === 0 ? "Class pair" : "and"}
          value={classPair === null ? "" : nameKey(classPair[index] ?? null)}
          disabled={index === 1 && classPair === null}
          options={[{ value: "", label: "any" }, ...names.map((name) => ({ value: nameKey(name), label: classLabel(name) }))]}
          onChange={(name) => setClassPair(index, name)}
          cy={`filter-class-pair-${index}`}
        />
      ))}
      <TextFilter label="Tag" value={filters.tag} cy="filter-tag" onChange={(tag) => onChange({ tag })} />
      <TextFilter label="Annotator" value={filters.annotator} cy="filter-annotator" onChange={(annotator) => onChange({ annotator })} />
    </Box>
  );
}

/** A value for a select: labels without a class are not those of a class with an empty name. */
function nameKey(name: ClassName): string {
  return name === null ? "null" : `:${name}`;
}

function classNamed(names: readonly ClassName[], key: string): ClassName | undefined {
  return names.find((name) => nameKey(name) === key);
}

function TextFilter({ label, value, cy, onChange }: { label: string; value: string | null; cy: string; onChange: (value: string | null) => void }) {
  const [typed, setTyped] = React.useState(value ?? "");
  const apply = () => onChange(typed.trim() === "" ? null : typed.trim());
  return (
    <TextField
      size="small"
      label={label}
      placeholder="any"
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={() => (typed.trim() || null) !== value && apply()}
      onKeyDown={(event) => event.key === "Enter" && apply()}
      InputLabelProps={{ shrink: true }}
      inputProps={{ "data-cy": cy }}
      sx={FORM_FIELD}
    />
  );
}
