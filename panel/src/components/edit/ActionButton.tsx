import { Button } from "@mui/material";
import * as React from "react";
import { Reason } from "../widgets/Reason";

interface Props {
  readonly label: string;
  readonly icon?: React.ReactNode;
  readonly cy: string;
  /** The reason why it is disabled; `null` if it is not. */
  readonly why: string | null;
  readonly onClick: () => void;
}

export const ActionButton = React.memo(function ActionButton({ label, icon, cy, why, onClick }: Props) {
  return (
    <Reason why={why}>
      <Button variant="outlined" color="secondary" size="small" startIcon={icon} disabled={why !== null} onClick={onClick} data-cy={cy} sx={ONE_LINE}>
        {label}
      </Button>
    </Reason>
  );
});

/** The light theme of the App draws disabled text nearly black. */
const ONE_LINE = { whiteSpace: "nowrap", textTransform: "none", "&.Mui-disabled": { color: "text.primary", opacity: 0.45 } } as const;
