import { Box, TextField } from "@mui/material";
import * as React from "react";
import type { Field } from "../../protocol/messages";
import { parseSigmas } from "../../state/scan/scanForm";
import { Choice } from "../widgets/Choice";
import { FORM_FIELD } from "../widgets/theme";

interface Props {
  readonly offered: Field["sigmas"];
  readonly sigmas: readonly number[] | null;
  readonly onChange: (sigmas: readonly number[] | null) => void;
}

const ONES = "ones";
const OTHER = "other";

/** The tolerance for each keypoint: named sigmas, or typed ones. */
export function SigmaSelect({ offered, sigmas, onChange }: Props) {
  const [typed, setTyped] = React.useState<string | null>(null);
  const key = JSON.stringify(sigmas);
  const named = offered.find(({ values }) => JSON.stringify(values) === key);
  const value = typed !== null ? OTHER : sigmas === null ? ONES : (named?.name ?? OTHER);
  const shown = typed ?? (sigmas ?? []).join(", ");

  function choose(name: string) {
    if (name === OTHER) return setTyped((sigmas ?? []).join(", "));
    setTyped(null);
    onChange(offered.find((choice) => choice.name === name)?.values ?? null);
  }
  function type(text: string) {
    setTyped(text);
    const parsed = parseSigmas(text);
    if (parsed !== null) onChange(parsed);
  }

  return (
    <Box sx={{ display: "grid", gridTemplateColumns: value === OTHER ? "1fr 1.5fr" : "1fr", gap: 1.25 }}>
      <Choice
        label="Keypoint sigmas"
        cy="sigmas"
        value={value}
        options={[
          { value: ONES, label: "1 for all", note: "FiftyOne's default. Lenient: it treats people who stand close together as duplicates." },
          ...offered.map(({ name, values }) => ({ value: name, label: name, note: values.join(", ") })),
          { value: OTHER, label: "custom", note: "Enter one for each point." },
        ]}
        onChange={choose}
      />
      {value === OTHER && (
        <TextField
          size="small"
          label="One for each point"
          value={shown}
          onChange={(event) => type(event.target.value)}
          error={parseSigmas(shown) === null}
          InputLabelProps={{ shrink: true }}
          sx={FORM_FIELD}
          inputProps={{ "data-cy": "sigmas-typed" }}
        />
      )}
    </Box>
  );
}
