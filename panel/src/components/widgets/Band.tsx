import { styled } from "@mui/material";
import { groundColor } from "./theme";

export const PADDING = 16;

/** A horizontal section of the panel. With `data-foot` it remains at the bottom while the rest scrolls. */
export const Band = styled("section")(({ theme: { palette } }) => ({
  display: "flex",
  flexDirection: "column",
  gap: 10,
  padding: `12px ${PADDING}px`,
  "& + &": { borderTop: `1px solid ${palette.divider}` },
  "&[data-foot]": { position: "sticky", bottom: 0, zIndex: 2, marginTop: "auto", padding: `8px ${PADDING}px 4px`, gap: 4, background: groundColor(palette), borderTop: `1px solid ${palette.divider}` },
}));
