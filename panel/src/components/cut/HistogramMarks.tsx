import * as React from "react";
import type { Plot } from "../../plot/plot";
import type { Colors } from "../../plot/svg";

interface Props {
  readonly plot: Plot;
  readonly colors: Colors;
  /** Where the threshold is; the bars to its right are highlighted. */
  readonly cut: number;
}

/** All that is drawn and does nothing. Moving the threshold moves one clipping rectangle and redraws no bar. */
export function HistogramMarks({ plot, colors, cut }: Props) {
  const clip = React.useId().replaceAll(":", "");
  const { frame } = plot;
  return (
    <g aria-hidden fontSize={11} fill={colors.muted} style={{ fontVariantNumeric: "tabular-nums" }}>
      <Axes plot={plot} colors={colors} />
      <clipPath id={clip}>
        <rect x={cut} y={0} width={frame.width} height={frame.height} />
      </clipPath>
      <path d={plot.bars} fill={colors.stays} />
      <path d={plot.bars} fill={colors.goes} clipPath={`url(#${clip})`} />
      <path d={plot.curve} fill="none" stroke={colors.text} strokeWidth={1.5} strokeLinejoin="round" />
    </g>
  );
}

const Axes = React.memo(function Axes({ plot, colors }: { plot: Plot; colors: Colors }) {
  const { frame } = plot;
  const { margins } = frame;
  const ground = frame.height - margins.bottom;
  const right = frame.width - margins.right;
  return (
    <>
      {plot.yTicks.map((tick) => (
        <g key={tick.label}>
          <path d={`M${margins.left},${tick.at}H${right}`} stroke={colors.line} />
          <text x={margins.left - 6} y={tick.at + 4} textAnchor="end">
            {tick.label}
          </text>
        </g>
      ))}
      {plot.curveTicks.map((tick) => (
        <text key={tick.label} x={right + 6} y={tick.at + 4} fill={colors.text}>
          {tick.label}
        </text>
      ))}
      <path d={`M${margins.left},${ground}H${right}`} stroke={colors.muted} />
      {plot.xTicks.map((tick) => (
        <text key={tick.label} x={tick.at} y={ground + 15} textAnchor="middle">
          {tick.label}
        </text>
      ))}
    </>
  );
});
