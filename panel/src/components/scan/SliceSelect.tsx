import { Box, Checkbox, MenuItem, TextField } from "@mui/material";
import * as React from "react";
import { type SliceChoice, toggledSlice } from "../../state/scan/slices";
import { unitOfMedia } from "../../words/format";
import { chosenLabel } from "../../words/scan";
import { SELECT } from "../widgets/theme";

interface Props {
  readonly choice: SliceChoice;
  /** The slice that the App shows. */
  readonly active: string | null;
  readonly onChange: (chosen: readonly string[]) => void;
}

const ALL = "*";

/** The slices of a grouped dataset that a scan covers, with their media types. */
export function SliceSelect({ choice, active, onChange }: Props) {
  const id = React.useId();
  const { offered, chosen, fixed } = choice;
  const all = chosen.length === offered.length;

  function pick(values: readonly string[]) {
    const clicked = [ALL, ...offered.map(({ name }) => name)].find((name) => values.includes(name) !== chosen.includes(name));
    if (clicked === undefined) return;
    if (clicked !== ALL) return onChange(toggledSlice(choice, clicked));
    onChange(all ? [] : offered.map(({ name }) => name));
  }

  return (
    <TextField
      select
      fullWidth
      size="small"
      id={id}
      label={fixed ? "Slices of the view" : "Slices"}
      value={[...chosen]}
      disabled={fixed || offered.length === 0}
      onChange={(event) => pick(event.target.value as unknown as string[])}
      data-cy="slices"
      InputLabelProps={{ shrink: true }}
      SelectProps={{
        multiple: true,
        displayEmpty: true,
        MenuProps: { PaperProps: { sx: { maxHeight: 360, maxWidth: 340 } } },
        renderValue: () => (offered.length === 0 ? "This field cannot be compared in any slice" : chosenLabel(choice)),
      }}
      sx={SELECT}
    >
      {offered.length > 1 && (
        <MenuItem value={ALL} dense data-cy="slice-all">
          <Checkbox size="small" checked={all} indeterminate={!all && chosen.length > 1} tabIndex={-1} sx={BOX} />
          all {offered.length}
        </MenuItem>
      )}
      {offered.map(({ name, media_type }) => (
        <MenuItem key={name} value={name} dense data-cy={`slice-${name}`} sx={{ whiteSpace: "normal" }}>
          <Checkbox size="small" checked={chosen.includes(name)} tabIndex={-1} sx={BOX} />
          <Box>
            {name}
            <Box sx={{ fontSize: 12, color: "text.secondary" }}>
              {unitOfMedia(media_type)}s{name === active && ", shown in the App"}
            </Box>
          </Box>
        </MenuItem>
      ))}
    </TextField>
  );
}

const BOX = { p: 0, mr: 1 } as const;
