import * as React from "react";
import { axesOf, type Colors, dataOf, type Mark } from "../../plot/marks";
import type { Plot } from "../../plot/plot";

interface Props {
  readonly plot: Plot;
  readonly colors: Colors;
  /** The x position of the threshold; the bars to its right are highlighted. */
  readonly cut: number;
}

/** The part of the histogram that is not interactive. Moving the threshold moves one clip path and redraws no bar. */
export function HistogramMarks({ plot, colors, cut }: Props) {
  const clip = React.useId().replaceAll(":", "");
  const { frame } = plot;
  const marks = React.useMemo(() => [...axesOf(plot, colors), ...dataOf(plot, colors, clip)].map(element), [plot, colors, clip]);
  return (
    <g aria-hidden fontSize={11} style={{ fontVariantNumeric: "tabular-nums" }}>
      <clipPath id={clip}>
        <rect x={cut} y={0} width={frame.width} height={frame.height} />
      </clipPath>
      {marks}
    </g>
  );
}

function element({ tag, attributes, text }: Mark, key: number): React.ReactElement {
  return React.createElement(tag, { key, ...attributes }, text);
}
