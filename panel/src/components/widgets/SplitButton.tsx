import { Button, ButtonGroup, Menu, MenuItem } from "@mui/material";
import * as React from "react";
import { ChevronDown } from "./icons";
import { Reason } from "./Reason";
import { DISABLED, ON_PRIMARY } from "./theme";

interface Props {
  readonly label: string;
  readonly icon?: React.ReactNode;
  /** The reason why it is disabled; `null` if it is not. */
  readonly why?: string | null;
  readonly onClick: () => void;
  readonly choicesLabel: string;
  readonly choices: readonly { readonly label: string; readonly onClick: () => void; readonly cy: string }[];
  readonly cy: string;
  /** Not the primary button. */
  readonly plain?: boolean;
}

/** A button with a menu of alternatives; the primary one of its band, unless it is plain. */
export const SplitButton = React.memo(function SplitButton({ label, icon, why = null, onClick, choicesLabel, choices, cy, plain = false }: Props) {
  const look = plain ? PLAIN : ON_PRIMARY;
  const [anchor, setAnchor] = React.useState<HTMLElement | null>(null);
  return (
    <Reason why={why}>
      <ButtonGroup variant={plain ? "outlined" : "contained"} color={plain ? "secondary" : "primary"} size="small" disabled={why !== null} disableElevation>
        <Button onClick={onClick} startIcon={icon} data-cy={cy} sx={{ ...look, whiteSpace: "nowrap", textTransform: "none" }}>
          {label}
        </Button>
        <Button
          onClick={(event) => setAnchor(event.currentTarget)}
          aria-label={choicesLabel}
          aria-haspopup="menu"
          aria-expanded={anchor !== null}
          data-cy={`${cy}-more`}
          sx={{ ...look, px: 0.5, minWidth: "28px !important" }}
        >
          <ChevronDown />
        </Button>
      </ButtonGroup>
      {anchor !== null && (
        <Menu anchorEl={anchor} open onClose={() => setAnchor(null)}>
          {choices.map((choice) => (
            <MenuItem
              key={choice.cy}
              dense
              data-cy={choice.cy}
              onClick={() => {
                setAnchor(null);
                choice.onClick();
              }}
            >
              {choice.label}
            </MenuItem>
          ))}
        </Menu>
      )}
    </Reason>
  );
});

const PLAIN = { "&.Mui-disabled": DISABLED };
