import { type Theme, useTheme } from "@mui/material";
import * as React from "react";
import type { Colors } from "../../plot/marks";

/** The colors of charts and exports as values. Everything else refers to the theme of the App by name. */
export function useColors(): Colors {
  const { palette } = useTheme();
  return React.useMemo(() => {
    const dark = palette.mode === "dark";
    return {
      background: groundColor(palette),
      text: palette.text.primary,
      muted: palette.text.secondary,
      line: palette.divider,
      kept: dark ? "#6b6b6b" : "#a8a8a8",
      removed: palette.primary.main,
    };
  }, [palette]);
}

/** The color that the App gives its panels. It is not part of the palette of MUI. */
export function groundColor(palette: { background: object; mode: string }): string {
  const { mediaSpace } = palette.background as { mediaSpace?: string };
  return mediaSpace ?? (palette.mode === "dark" ? "#1a1a1a" : "#fafafa");
}

/** The light theme of the App draws disabled text nearly black. */
export const DISABLED = { color: "text.primary", opacity: 0.45 };

/** White on the App's orange and red is too faint to read. */
export const ON_PRIMARY = { color: "#161616", "&.Mui-disabled": { color: "text.disabled" } };
export const ON_DANGER = { color: "#fff", bgcolor: "#c62828", "&:hover": { bgcolor: "#a81f1f" } };

/** The color of kept labels over images. Removed labels are orange. */
export const KEPT_COLOR = "#00aadc";

export const ELLIPSIS = { overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" } as const;

/** The style of elements directly under the body: the panel itself, dialogs, pop-ups. */
export function ground(theme: Theme) {
  return {
    fontFamily: theme.typography.fontFamily ?? "sans-serif",
    fontVariantNumeric: "tabular-nums",
    boxSizing: "border-box",
    "& *": { boxSizing: "border-box" },
    "& .Mui-focusVisible, & :focus-visible": { outline: `2px solid ${theme.palette.primary.main}`, outlineOffset: "1px" },
  } as const;
}

/** A dialog that keeps most of the width of a narrow panel. */
export const NARROW = { sx: [ground, { m: 2, width: "calc(100% - 32px)" }] };

/** A select field; its frame shows the focus. */
export const SELECT = {
  "& .MuiSelect-select": { fontSize: 13, py: "7px" },
  "& .MuiSelect-select:focus-visible": { outline: "none" },
  "& .MuiInputLabel-root, & .MuiInputLabel-root.Mui-focused": { color: "text.secondary" },
} as const;

/** A text field in a form; its frame shows the focus. */
export const FORM_FIELD = {
  "& input": { height: "auto", fontSize: 13, py: "7px" },
  "& input:focus-visible": { outline: "none" },
  "& .MuiInputLabel-root, & .MuiInputLabel-root.Mui-focused": { color: "text.secondary" },
} as const;

/** Only for screen readers. */
export const HIDDEN = {
  position: "absolute",
  width: "1px",
  height: "1px",
  overflow: "hidden",
  clipPath: "inset(50%)",
  whiteSpace: "nowrap",
} as const;
