import { Box } from "@mui/material";
import * as React from "react";
import type { Colors } from "../../plot/marks";
import { type Bin, binAt, type Plot, thresholdAt, xScale } from "../../plot/plot";
import type { Metric } from "../../protocol/messages";
import { afterKey, formatThreshold, HIGHEST, lowestOf, toIou } from "../../state/decision/thresholds";
import { counted } from "../../words/format";
import { HistogramMarks } from "./HistogramMarks";

interface Props {
  readonly metric: Metric;
  /** "IoU", "IoS", "OKS" or "likelihood". */
  readonly measure: string;
  readonly plot: Plot;
  readonly bins: readonly Bin[];
  readonly threshold: number;
  readonly colors: Colors;
  readonly onChange: (threshold: number, settled: boolean) => void;
}

/** Labels by their largest IoU. Click, drag or arrow keys set the threshold; hovering shows the count of a bin. */
export function Histogram({ metric, measure, plot, bins, threshold, colors, onChange }: Props) {
  const { frame } = plot;
  const [hovered, setHovered] = React.useState<Bin | null>(null);
  // The left edge of the picture, measured once per drag, and the last threshold: a move may not be rendered yet when the
  // pointer is released.
  const drag = React.useRef<{ left: number; threshold: number } | null>(null);
  const x = xScale(frame);
  const cut = x(threshold);
  const ground = frame.height - frame.margins.bottom;

  function dragTo(event: React.PointerEvent, left: number) {
    drag.current = { left, threshold: thresholdAt(frame, event.clientX - left) };
    onChange(drag.current.threshold, false);
  }
  function onPointerDown(event: React.PointerEvent<SVGSVGElement>) {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture?.(event.pointerId);
    setHovered(null);
    dragTo(event, leftOf(event));
  }
  function onPointerMove(event: React.PointerEvent<SVGSVGElement>) {
    if (drag.current === null) setHovered(binAt(bins, frame, event.clientX - leftOf(event)));
    else dragTo(event, drag.current.left);
  }
  function onPointerEnd() {
    if (drag.current === null) return;
    onChange(drag.current.threshold, true);
    drag.current = null;
  }
  function onKeyDown(event: React.KeyboardEvent) {
    const next = afterKey(threshold, event.key, event.shiftKey);
    if (next === null) return;
    event.preventDefault();
    onChange(next, false);
  }

  return (
    <Box sx={{ position: "relative", touchAction: "none" }} data-cy="histogram">
      <svg
        width={frame.width}
        height={frame.height}
        style={{ display: "block", cursor: "ew-resize", userSelect: "none" }}
        role="group"
        aria-label={`Histogram: labels by their largest ${measure}, and how many would be removed at each threshold`}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerEnd}
        onPointerCancel={onPointerEnd}
        onPointerLeave={() => setHovered(null)}
      >
        <HistogramMarks plot={plot} colors={colors} cut={cut} />
        {hovered && (
          <rect
            x={x(hovered.from * 1000)}
            y={frame.margins.top}
            width={x(hovered.to * 1000) - x(hovered.from * 1000)}
            height={ground - frame.margins.top}
            fill={colors.text}
            opacity={0.14}
          />
        )}
        <g
          role="slider"
          tabIndex={0}
          aria-label="Threshold, on the histogram"
          aria-valuemin={toIou(lowestOf(metric))}
          aria-valuemax={toIou(HIGHEST)}
          aria-valuenow={toIou(threshold)}
          aria-valuetext={`${measure} above ${formatThreshold(threshold)}`}
          onKeyDown={onKeyDown}
          onKeyUp={() => onChange(threshold, true)}
          style={{ outlineOffset: 2 }}
        >
          <rect x={cut - 6} y={frame.margins.top} width={12} height={ground - frame.margins.top} fill="transparent" />
          <path d={`M${cut},${frame.margins.top - 4}V${ground}`} stroke={colors.removed} strokeWidth={2} />
          <circle cx={cut} cy={frame.margins.top - 4} r={4} fill={colors.removed} />
        </g>
      </svg>
      {hovered && <BinNote bin={hovered} at={x(hovered.from * 1000)} width={frame.width} />}
    </Box>
  );
}

function leftOf(event: React.PointerEvent<SVGSVGElement>): number {
  return event.currentTarget.getBoundingClientRect().left;
}

function BinNote({ bin, at, width }: { bin: Bin; at: number; width: number }) {
  const left = Math.min(Math.max(at - 70, 4), width - 148);
  return (
    <Box
      data-cy="bin-note"
      sx={{
        position: "absolute",
        top: 22,
        left,
        width: 144,
        textAlign: "center",
        px: 1,
        py: 0.25,
        fontSize: 12,
        borderRadius: 1,
        bgcolor: "background.tooltip",
        border: 1,
        borderColor: "divider",
        pointerEvents: "none",
      }}
    >
      {bin.from.toFixed(2)}–{bin.to.toFixed(2)}: <b>{counted(bin.labels, "label")}</b>
    </Box>
  );
}
