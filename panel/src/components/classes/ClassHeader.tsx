import { Box, ButtonBase } from "@mui/material";
import * as React from "react";
import type { Sort, SortKey } from "../../state/scan/classes";
import { COLUMNS } from "./ClassRows";

interface Props {
  readonly sort: Sort;
  readonly onSort: (by: SortKey) => void;
}

export const ClassHeader = React.memo(function ClassHeader({ sort, onSort }: Props) {
  const column = (by: SortKey, label: string, place: string) => {
    const active = sort.by === by;
    return (
      <ButtonBase
        onClick={() => onSort(by)}
        aria-label={`Sort by ${label}${active ? (sort.descending ? ", now descending" : ", now ascending") : ""}`}
        data-cy={`sort-${by}`}
        sx={{
          gridColumn: place,
          justifyContent: by === "name" ? "flex-start" : "flex-end",
          fontFamily: "inherit",
          fontSize: 12,
          whiteSpace: "nowrap",
          color: active ? "text.primary" : "text.secondary",
        }}
      >
        {label}
        <Box component="span" aria-hidden sx={{ width: 12, textAlign: "center", opacity: active ? 1 : 0 }}>
          {sort.descending ? "↓" : "↑"}
        </Box>
      </ButtonBase>
    );
  };
  return (
    <Box sx={{ display: "grid", gridTemplateColumns: COLUMNS, columnGap: 1, px: 0.5, height: 24 }}>
      {column("name", "class", "2")}
      {column("removed", "removed", "3 / 5")}
      {column("share", "share", "5")}
    </Box>
  );
});
