import { styled } from "@mui/material";
import * as React from "react";
import type { Drawing } from "../../state/review/place";
import { grouped } from "../../words/format";
import { type Command, DRAW_COMMANDS } from "../../words/review/verdicts";
import { groundColor } from "../widgets/theme";
import type { Zoom } from "./useZoom";

interface Props {
  readonly drawing: Drawing;
  readonly zoom: Zoom;
  readonly index: number;
  readonly total: number;
  /** Whether there is room for names besides the keys. */
  readonly wide: boolean;
  readonly onCommand: (id: Command["id"]) => void;
}

const Bar = styled("div")(({ theme: { palette } }) => ({
  position: "absolute",
  right: 6,
  bottom: 6,
  display: "flex",
  borderRadius: 4,
  overflow: "hidden",
  border: `1px solid ${palette.divider}`,
  background: groundColor(palette),
  "& button": { minWidth: 26, height: 24, padding: "0 6px", border: 0, background: "none", font: "inherit", fontSize: 12, color: palette.text.primary, cursor: "pointer" },
  "& button:hover": { background: palette.action.hover },
  "& button + button": { borderLeft: `1px solid ${palette.divider}` },
  '& button[aria-pressed="true"]': { background: palette.action.selected, fontWeight: 700 },
  "& button:focus-visible": { outlineOffset: "-2px" },
}));

const Count = styled("div")(({ theme: { palette } }) => ({ position: "absolute", left: 6, bottom: 6, padding: "2px 6px", borderRadius: 4, fontSize: 12, background: groundColor(palette), opacity: 0.9, pointerEvents: "none" }));

const ON = { explode: "exploded", fill: "filled", beside: "beside" } as const;

/** The controls for how labels are drawn and for the zoom, and the number of the group. */
export const DrawingBar = React.memo(function DrawingBar({ drawing, zoom, index, total, wide, onCommand }: Props) {
  return (
    <>
      <Count data-cy="review-place">
        {total === 0 ? "" : `${grouped(index + 1)} / ${grouped(total)}`}
      </Count>
      <Bar role="toolbar" aria-label="Picture">
        {DRAW_COMMANDS.map(({ id, key, label, note }) => (
          <button key={id} type="button" aria-pressed={drawing[ON[id as keyof typeof ON]]} aria-label={wide ? `${key} ${label}` : `${key}: ${label}`} aria-keyshortcuts={key} title={`${label}: ${note} (${key})`} onClick={() => onCommand(id)} data-cy={`draw-${id}`}>
            <b>{key}</b>
            {wide && ` ${label}`}
          </button>
        ))}
        <button type="button" aria-label="Zoom out" title="Zoom out (-)" onClick={() => zoom.by(1 / 1.3)} data-cy="zoom-out">
          −
        </button>
        <button type="button" aria-label={`${Math.round(100 * zoom.view.k)} %: fit the picture`} title="Fit (0)" onClick={zoom.fit} data-cy="zoom-fit">
          {Math.round(100 * zoom.view.k)} %
        </button>
        <button type="button" aria-label="Zoom in" title="Zoom in (+)" onClick={() => zoom.by(1.3)} data-cy="zoom-in">
          +
        </button>
      </Bar>
    </>
  );
});
