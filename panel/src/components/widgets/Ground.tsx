import { styled } from "@mui/material";
import { ground, groundColor } from "./theme";

export const PADDING = 16;
/** The height of the folded cut. */
export const FOLDED = 58;

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
 * A column of the panel, in the first or the second place; it scrolls only where the panel is too low for its bottom band. With
 * `data-behind` it is below another one, and keeps its scroll position.
 */
export const Column = styled("div")(({ theme: { palette } }) => ({
  minHeight: 0,
  overflowY: "auto",
  display: "flex",
  flexDirection: "column",
  gridArea: "1 / 1",
  "&[data-second]": { gridArea: "1 / 2", borderLeft: `1px solid ${palette.divider}` },
  "&[data-behind]": { visibility: "hidden", overflowY: "hidden" },
}));

/** The bands that scroll as one, above the bottom band. With `data-folds` they have room for the folded cut above what sticks to the top. */
export const Scroller = styled("div")({
  flex: "1 1 0",
  minHeight: 160,
  overflowY: "auto",
  display: "flex",
  flexDirection: "column",
  // what does not fit scrolls; nothing is squeezed
  "& > *": { flex: "none" },
  "&[data-folds]": { "--folded": `${FOLDED}px` },
});

/** A horizontal section of the panel. With `data-foot` it is the last one, which does not scroll. */
export const Band = styled("section")(({ theme: { palette } }) => ({
  display: "flex",
  flexDirection: "column",
  gap: 10,
  padding: `12px ${PADDING}px`,
  "& + &": { borderTop: `1px solid ${palette.divider}` },
  "&[data-foot]": { flex: "none", padding: `8px ${PADDING}px 4px`, gap: 4, borderTop: `1px solid ${palette.divider}` },
}));
