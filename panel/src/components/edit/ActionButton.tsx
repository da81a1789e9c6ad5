import { Button } from "@mui/material";
import * as React from "react";
import { Reason } from "../widgets/Reason";
import { DISABLED, ON_PRIMARY } from "../widgets/theme";

interface Props {
  readonly label: string;
  readonly icon?: React.ReactNode;
  readonly cy: string;
  /** The reason why it is disabled; `null` if it is not. */
  readonly why: string | null;
  readonly primary?: boolean;
  readonly onClick: () => void;
}

export const ActionButton = React.memo(function ActionButton({ label, icon, cy, why, primary = false, onClick }: Props) {
  return (
    <Reason why={why}>
      <Button variant={primary ? "contained" : "outlined"} color={primary ? "primary" : "secondary"} disableElevation size="small" startIcon={icon} disabled={why !== null} onClick={onClick} data-cy={cy} sx={primary ? PRIMARY : PLAIN}>
        {label}
      </Button>
    </Reason>
  );
});

const PLAIN = { whiteSpace: "nowrap", textTransform: "none", "&.Mui-disabled": DISABLED } as const;
const PRIMARY = { ...PLAIN, ...ON_PRIMARY };
