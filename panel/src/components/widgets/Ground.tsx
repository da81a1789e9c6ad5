import { styled } from "@mui/material";
import { ground, groundColor } from "./theme";

/** What the panel stands on: the App's own colors. */
export const Ground = styled("div")(({ theme }) => ({
  ...ground(theme),
  height: "100%",
  overflowY: "auto",
  background: groundColor(theme.palette),
  color: theme.palette.text.primary,
  fontSize: 14,
}));
