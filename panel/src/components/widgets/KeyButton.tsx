import { Button } from "@mui/material";
import * as React from "react";
import { Reason } from "./Reason";
import { ON_PRIMARY } from "./theme";

interface Props {
  /** The letter that does the same. */
  readonly letter: string;
  readonly label: string;
  readonly note: string;
  readonly cy: string;
  /** Whether it is what was chosen; omitted for actions. */
  readonly pressed?: boolean;
  /** The reason why it is disabled; `null` if it is not. */
  readonly why?: string | null;
  /** Without a frame. */
  readonly quiet?: boolean;
  readonly onClick: () => void;
}

/** A button with the key that does the same. */
export const KeyButton = React.memo(function KeyButton({ letter, label, note, cy, pressed, why = null, quiet = false, onClick }: Props) {
  return (
    <Reason why={why}>
      <Button
        size="small"
        variant={pressed ? "contained" : quiet ? "text" : "outlined"}
        color={pressed ? "primary" : "secondary"}
        disableElevation
        disabled={why !== null}
        aria-pressed={pressed}
        aria-keyshortcuts={letter}
        title={why === null ? note : undefined}
        onClick={onClick}
        data-cy={cy}
        sx={{ ...PLAIN, ...(quiet ? QUIET : {}), ...(pressed ? { color: ON_PRIMARY.color } : {}) }}
      >
        <kbd>{letter}</kbd>
        {label}
      </Button>
    </Reason>
  );
});

const PLAIN = {
  flex: 1,
  gap: "5px",
  px: "6px",
  py: "2px",
  minWidth: 0,
  justifyContent: "flex-start",
  whiteSpace: "nowrap",
  textTransform: "none",
  "&.Mui-disabled": { color: "text.primary", opacity: 0.45 },
  "& kbd": { minWidth: 18, px: "4px", border: "1px solid currentColor", borderRadius: "3px", fontFamily: "inherit", fontSize: 11, fontWeight: 700, lineHeight: "16px", textAlign: "center" },
} as const;
const QUIET = { px: "4px", fontSize: 12 } as const;
