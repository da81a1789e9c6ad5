import { styled } from "@mui/material";
import { ELLIPSIS } from "../widgets/theme";

export const ROW_HEIGHT = 28;
export const COLUMNS = "18px minmax(64px, 1.1fr) minmax(32px, 1fr) 56px 52px";

/** The box around the rows of classes, with their styles. */
export const ClassRows = styled("div")(({ theme: { palette } }) => ({
  position: "relative",
  "& button": {
    display: "grid",
    gridTemplateColumns: COLUMNS,
    alignItems: "center",
    columnGap: 8,
    width: "100%",
    height: ROW_HEIGHT,
    padding: "0 4px",
    border: 0,
    borderRadius: 4,
    background: "none",
    font: "inherit",
    fontSize: 13,
    textAlign: "left",
    color: palette.text.primary,
    cursor: "pointer",
  },
  "& button:hover": { background: palette.action.hover },
  '& button[data-kept="true"]': { color: palette.text.secondary },
  "& .iou-tick": {
    width: 14,
    height: 14,
    border: `1px solid ${palette.text.secondary}`,
    borderRadius: 3,
    fontSize: 12,
    lineHeight: 0,
    color: "#161616",
  },
  '& button[aria-checked="true"] .iou-tick': { background: palette.primary.main, borderColor: palette.primary.main },
  "& .iou-name": ELLIPSIS,
  "& .iou-track": { height: 8, borderRadius: 2, overflow: "hidden" },
  "& .iou-bar": { display: "block", height: "100%", background: palette.primary.main },
  "& .iou-number": { textAlign: "right" },
  "& .iou-share": { textAlign: "right", color: palette.text.secondary },
}));
