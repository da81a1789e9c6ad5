import { Box, IconButton } from "@mui/material";
import * as React from "react";
import { ChevronLeft, ChevronRight } from "./icons";
import { Reason } from "./Reason";

interface Props {
  /** The name of the items on the pages: "groups". */
  readonly what: string;
  readonly page: number;
  readonly atOnce: number;
  readonly total: number;
  readonly onPage: (page: number) => void;
}

/** Buttons to the previous and to the next page. */
export function Pager({ what, page, atOnce, total, onPage }: Props) {
  const isLast = (page + 1) * atOnce >= total;
  return (
    <Box sx={{ display: "flex" }}>
      <Reason why={page === 0 ? "This is the first page." : null}>
        <IconButton size="small" aria-label={`Previous ${what}`} disabled={page === 0} onClick={() => onPage(page - 1)} data-cy={`${what}-back`}>
          <ChevronLeft />
        </IconButton>
      </Reason>
      <Reason why={isLast ? "This is the last page." : null}>
        <IconButton size="small" aria-label={`Next ${what}`} disabled={isLast} onClick={() => onPage(page + 1)} data-cy={`${what}-on`}>
          <ChevronRight />
        </IconButton>
      </Reason>
    </Box>
  );
}
