import { styled } from "@mui/material";
import * as React from "react";
import { type Stretch, timelineOf } from "../../plot/timeline";
import type { TrackPair } from "../../protocol/messages";
import { fileOf, overlapText, spanText, tracksText, tracksTitle } from "../../words/tracks";
import { ELLIPSIS } from "../widgets/theme";

interface Props {
  readonly pair: TrackPair;
  /** "IoU" or "OKS". */
  readonly measure: string;
  readonly disabled: boolean;
  readonly onOpen: (pair: TrackPair) => void;
}

const Row = styled("li")(({ theme: { palette } }) => ({
  "& + &": { borderTop: `1px solid ${palette.divider}` },
  "& button": { display: "block", width: "100%", padding: "8px 6px", border: 0, borderRadius: 4, background: "none", font: "inherit", fontSize: 13, lineHeight: 1.5, textAlign: "left", color: palette.text.primary, cursor: "pointer" },
  "& button:hover": { background: palette.action.hover },
  "& button:disabled": { cursor: "default" },
  "& .iou-line": { display: "flex", gap: 8, alignItems: "baseline" },
  "& .iou-muted, & .iou-file, & .iou-span": { fontSize: 12, color: palette.text.secondary },
  "& .iou-file": { minWidth: 40, flexShrink: 4, ...ELLIPSIS },
  "& .iou-span": { flex: "none", marginLeft: "auto" },
  "& .iou-bars": { display: "block", position: "relative", height: 12, margin: "4px 0" },
  "& .iou-bars span": { position: "absolute", height: 5, minWidth: 2, borderRadius: 1, background: palette.mode === "dark" ? "#6b6b6b" : "#a8a8a8" },
  "& .iou-bars [data-both]": { height: 12, background: `linear-gradient(${palette.primary.main} 5px, transparent 5px 7px, ${palette.primary.main} 7px)` },
}));

const at = ({ left, width }: Stretch) => ({ left: `${left}%`, width: `${width}%` });

/** One pair of tracks: their names, their frames, and how much they overlap. A click shows them in the App. */
export const TrackRow = React.memo(function TrackRow({ pair, measure, disabled, onOpen }: Props) {
  const bars = timelineOf(pair);
  const text = tracksText(pair, measure);
  return (
    <Row>
      <button type="button" disabled={disabled} onClick={() => onOpen(pair)} aria-label={`${text}. Show it in the App`} title={disabled ? "The tracks are being read." : text} data-cy="track-row">
        <span className="iou-line">
          <b style={{ minWidth: 0, fontWeight: 600, ...ELLIPSIS }}>{tracksTitle(pair)}</b>
          <span className="iou-file">{fileOf(pair)}</span>
          <span className="iou-span">{spanText(pair.first_frame, pair.last_frame)}</span>
        </span>
        <span className="iou-bars" aria-hidden>
          {bars.tracks.map((track, k) => (
            <span key={k} style={{ ...at(track), top: 7 * k }} />
          ))}
          {bars.both.map((run, k) => (
            <span key={`both${k}`} data-both style={at(run)} />
          ))}
        </span>
        <span className="iou-muted">{overlapText(pair, measure)}</span>
      </button>
    </Row>
  );
});
