import { SvgIcon, type SvgIconProps } from "@mui/material";
import * as React from "react";

/** Icons on a grid of 24, drawn as strokes. The App does not share an icon package with its plugins. */
function stroked(path: string) {
  return function Icon(props: SvgIconProps) {
    return (
      <SvgIcon fontSize="inherit" aria-hidden {...props}>
        <path d={path} fill="none" stroke="currentColor" strokeWidth={1.8} strokeLinecap="round" strokeLinejoin="round" />
      </SvgIcon>
    );
  };
}

export const ChevronDown = stroked("M6 9l6 6 6-6");
export const ChevronLeft = stroked("M15 6l-6 6 6 6");
export const ChevronRight = stroked("M9 6l6 6-6 6");
export const Check = stroked("M5 12.5l4.5 4.5L19 7.5");
export const Grid = stroked("M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z");
export const Tag = stroked("M4 4h8l8 8-8 8-8-8zM8.5 8.5h.01");
export const Trash = stroked("M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5");
export const Pencil = stroked("M4 20l1-4L16 5l3 3L8 19zM14 7l3 3");
export const Close = stroked("M6 6l12 12M18 6L6 18");
export const Warning = stroked("M12 4L2.5 20h19zM12 10v4M12 17h.01");
export const Copies = stroked("M8 8h12v12H8zM4 16V4h12");
export const Search = stroked("M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13zM15.5 15.5L20 20");
export const ArrowUp = stroked("M12 19V6M6 11l6-6 6 6");
export const Outside = stroked("M10 5H5v14h14v-5M14 4h6v6M20 4l-9 9");
export const Sliders = stroked("M4 7h10M18 7h2M14 7a2 2 0 1 0 4 0a2 2 0 1 0-4 0M4 17h2M10 17h10M6 17a2 2 0 1 0 4 0a2 2 0 1 0-4 0");
export const Undo = stroked("M4 9h10a5 5 0 0 1 0 10h-3M4 9l4-4M4 9l4 4");
