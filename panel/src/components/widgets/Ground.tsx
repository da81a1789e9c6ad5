import { styled } from "@mui/material";
import { ground, groundColor } from "./theme";

export const PADDING = 16;

/** The background of the panel, in the colors of the App. With `data-beside` it has two columns. */
export const Ground = styled("div")(({ theme }) => ({
  ...ground(theme),
  height: "100%",
  overflow: "hidden",
  display: "grid",
  gridTemplate: "minmax(0, 1fr) / minmax(0, 1fr)",
  background: groundColor(theme.palette),
  color: theme.palette.text.primary,
  fontSize: 14,
  "&[data-beside]": { gridTemplate: "minmax(0, 1fr) / minmax(0, 1fr) minmax(0, 1fr)" },
}));

/**
 * What scrolls as one, in the first or the second place. With `data-folds` it has room for the folded cut above what sticks
 * to its top. With `data-behind` it is below another one, and keeps its scroll position.
 */
export const Column = styled("div")(({ theme: { palette } }) => ({
  minHeight: 0,
  overflowY: "auto",
  display: "flex",
  flexDirection: "column",
  gridArea: "1 / 1",
  "&[data-second]": { gridArea: "1 / 2", borderLeft: `1px solid ${palette.divider}` },
  "&[data-behind]": { visibility: "hidden", overflowY: "hidden" },
  "&[data-folds]": { "--folded": "58px" },
}));

/** A horizontal section of the panel. With `data-foot` it remains at the bottom while the rest scrolls. */
export const Band = styled("section")(({ theme: { palette } }) => ({
  display: "flex",
  flexDirection: "column",
  gap: 10,
  padding: `12px ${PADDING}px`,
  "& + &": { borderTop: `1px solid ${palette.divider}` },
  "&[data-foot]": { position: "sticky", bottom: 0, zIndex: 2, marginTop: "auto", padding: `8px ${PADDING}px 4px`, gap: 4, background: groundColor(palette), borderTop: `1px solid ${palette.divider}` },
}));
