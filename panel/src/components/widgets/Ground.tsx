import { styled } from "@mui/material";
import { ground, groundColor } from "./theme";

/** The background of the panel, in the colors of the App. */
export const Ground = styled("div")(({ theme }) => ({
  ...ground(theme),
  height: "100%",
  overflowY: "auto",
  background: groundColor(theme.palette),
  color: theme.palette.text.primary,
  fontSize: 14,
}));
