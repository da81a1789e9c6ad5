import { Box, Button, InputBase } from "@mui/material";
import * as React from "react";
import { grouped } from "../../words/format";
import { Search } from "../widgets/icons";

interface Props {
  /** The number of classes in the restriction; 0 for no restriction. */
  readonly chosen: number;
  readonly typed: string;
  readonly searchable: boolean;
  readonly onType: (typed: string) => void;
  readonly onClear: () => void;
}

export const ClassListTop = React.memo(function ClassListTop({ chosen, typed, searchable, onType, onClear }: Props) {
  return (
    <Box sx={{ display: "flex", alignItems: "center", gap: 1, minHeight: chosen > 0 || searchable ? 32 : 0 }}>
      {chosen > 0 && (
        <Button size="small" color="secondary" onClick={onClear} data-cy="all-classes" sx={{ py: 0, minWidth: 0, whiteSpace: "nowrap" }}>
          {grouped(chosen)} selected · show all
        </Button>
      )}
      {searchable && (
        <InputBase
          value={typed}
          onChange={(event) => onType(event.target.value)}
          placeholder="Find a class"
          startAdornment={<Search sx={{ mr: 0.5, color: "text.secondary" }} />}
          inputProps={{ "aria-label": "Find a class" }}
          sx={{ ml: "auto", width: 132, fontSize: 13, borderBottom: 1, borderColor: "divider" }}
        />
      )}
    </Box>
  );
});
