import { Box, Button, Popover } from "@mui/material";
import * as React from "react";
import { ChevronDown } from "./icons";
import { ground } from "./theme";

interface Props {
  readonly label: string;
  /** The name of the button for screen readers, if it is not its label. */
  readonly name?: string;
  /** The name of the pop-up. */
  readonly title: string;
  readonly at: keyof typeof PLACES;
  readonly cy: string;
  readonly sx: object;
  /** The size of the pop-up. */
  readonly inside: object;
  /** Whether the pop-up scrolls, so that arrow keys must reach it. */
  readonly scrolls?: boolean;
  readonly onOpen?: (close: () => void) => void;
  readonly children: (close: () => void) => React.ReactNode;
}

const PLACES = {
  above: { anchorOrigin: { vertical: "top", horizontal: "right" }, transformOrigin: { vertical: "bottom", horizontal: "right" } },
  below: { anchorOrigin: { vertical: "bottom", horizontal: "right" }, transformOrigin: { vertical: "top", horizontal: "right" } },
  belowLeft: { anchorOrigin: { vertical: "bottom", horizontal: "left" } },
} as const;

/** A button that opens a pop-up with anything inside. */
export function MenuButton({ label, name, title, at, cy, sx, inside, scrolls = false, onOpen, children }: Props) {
  const [anchor, setAnchor] = React.useState<HTMLElement | null>(null);
  const close = () => setAnchor(null);
  return (
    <>
      <Button
        size="small"
        color="secondary"
        endIcon={<ChevronDown />}
        aria-haspopup="dialog"
        aria-expanded={anchor !== null}
        aria-label={name}
        onClick={(event) => {
          setAnchor(event.currentTarget);
          onOpen?.(close);
        }}
        data-cy={cy}
        sx={{ textTransform: "none", ...sx }}
      >
        {label}
      </Button>
      <Popover open={anchor !== null} anchorEl={anchor} onClose={close} {...PLACES[at]} PaperProps={{ sx: ground }}>
        <Box role="dialog" aria-label={title} tabIndex={scrolls ? 0 : undefined} sx={{ maxWidth: "90vw", ...inside }}>
          {children(close)}
        </Box>
      </Popover>
    </>
  );
}
