import { styled } from "@mui/material";
import { ground, groundColor } from "./theme";

/** The background of the panel, in the colors of the App. With `data-beside` it has two columns. */
export const Ground = styled("div")(({ theme }) => ({
  ...ground(theme),
  height: "100%",
  overflow: "hidden",
  display: "grid",
  gridTemplateColumns: "minmax(0, 1fr)",
  background: groundColor(theme.palette),
  color: theme.palette.text.primary,
  fontSize: 14,
  "&[data-beside]": { gridTemplateColumns: "minmax(0, 1fr) minmax(0, 1fr)" },
}));

/** What scrolls as one. With `data-folds` it has room for the folded cut above what sticks to its top. */
export const Column = styled("div")(({ theme: { palette } }) => ({
  minHeight: 0,
  overflowY: "auto",
  display: "flex",
  flexDirection: "column",
  "& + &": { borderLeft: `1px solid ${palette.divider}` },
  "&[data-folds]": { "--folded": "58px" },
}));
