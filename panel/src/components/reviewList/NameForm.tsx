import { Box, Button, TextField } from "@mui/material";
import * as React from "react";
import type { Actions } from "../../actions/actions";
import { FORM_FIELD } from "../widgets/theme";

interface Props {
  readonly actions: Actions;
  readonly onDone: () => void;
  /** Whether it is asked for, and can be left out. */
  readonly canSkip?: boolean;
}

const BUTTON = { minWidth: 0, textTransform: "none" } as const;

/** The name that is stored with verdicts. The browser keeps it. */
export function NameForm({ actions, onDone, canSkip = false }: Props) {
  const [name, setName] = React.useState(actions.reviewer() ?? "");
  const save = (value: string) => {
    actions.nameReviewer(value);
    onDone();
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (!canSkip || event.key !== "Escape") return;
    event.stopPropagation();
    onDone();
  };
  return (
    <Box component="form" onKeyDown={onKeyDown} onSubmit={(event: React.FormEvent) => (event.preventDefault(), save(name))} data-cy="name-form" sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 0.5, mt: 1 }}>
      <TextField size="small" label="Your name" value={name} onChange={(event) => setName(event.target.value)} inputProps={{ maxLength: 60, "data-cy": "name" }} InputLabelProps={{ shrink: true }} sx={{ ...FORM_FIELD, flex: "1 1 120px" }} />
      <Button type="submit" size="small" variant="outlined" color="secondary" data-cy="name-save" sx={BUTTON}>
        Save
      </Button>
      {canSkip && (
        <Button size="small" color="secondary" onClick={() => save("")} data-cy="name-skip" sx={BUTTON}>
          Skip
        </Button>
      )}
      <Box sx={{ flexBasis: "100%", fontSize: 12, color: "text.secondary" }}>Stored with your verdicts, so that others know who gave them.</Box>
    </Box>
  );
}
