import { styled } from "@mui/material";

export const PADDING = 16;

/** One of the panel's bands. The last stays at the foot of the panel while the rest scrolls. */
export const Band = styled("section")(({ theme: { palette } }) => ({
  display: "flex",
  flexDirection: "column",
  gap: 10,
  padding: `12px ${PADDING}px`,
  "& + &": { borderTop: `1px solid ${palette.divider}` },
  "&[data-foot]": { position: "sticky", bottom: 0, zIndex: 1, background: groundOf(palette) },
}));

/** The App paints its panels with a color that is no part of MUI's palette. */
function groundOf(palette: { background: object; mode: string }): string {
  const { mediaSpace } = palette.background as { mediaSpace?: string };
  return mediaSpace ?? (palette.mode === "dark" ? "#1a1a1a" : "#fafafa");
}
