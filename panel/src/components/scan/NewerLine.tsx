import { Box, Button } from "@mui/material";
import * as React from "react";
import { Reason, SCANNING } from "../widgets/Reason";

interface Props {
  /** No scan is open. */
  readonly first: boolean;
  readonly disabled: boolean;
  readonly onOpen: () => void;
}

/** Offers a scan that an operator, Python or another page has stored. */
export function NewerLine({ first, disabled, onOpen }: Props) {
  return (
    <Box role="status" data-cy="newer" sx={{ display: "flex", alignItems: "center", justifyContent: "space-between", gap: 1, fontSize: 13, minHeight: 32 }}>
      <span>{first ? "A scan is stored." : "A newer scan is stored."}</span>
      <Reason why={disabled ? SCANNING : null}>
        <Button size="small" color="secondary" disabled={disabled} onClick={onOpen} data-cy="open-newer">
          Open
        </Button>
      </Reason>
    </Box>
  );
}
