/** The histogram as drawing elements: the panel renders them, and the exported file contains them. */
import type { Plot, Tick } from "./plot";

export interface Colors {
  readonly background: string;
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly kept: string;
  readonly removed: string;
}

export interface Mark {
  readonly tag: "path" | "text";
  /** Names as React writes them. */
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly text?: string;
}

/** Grid lines, axes and their labels. */
export function axesOf({ frame, xTicks, yTicks, curveTicks }: Plot, colors: Colors): Mark[] {
  const { margins } = frame;
  const ground = frame.height - margins.bottom;
  const right = frame.width - margins.right;
  return [
    ...yTicks.map(({ at }) => path(`M${margins.left},${at}H${right}`, { stroke: colors.line })),
    ...yTicks.map((tick) => text(tick, margins.left - 6, tick.at + 4, "end", colors.muted)),
    ...curveTicks.map((tick) => text(tick, right + 6, tick.at + 4, "start", colors.text)),
    path(`M${margins.left},${ground}H${right}`, { stroke: colors.muted }),
    ...xTicks.map((tick) => text(tick, tick.at, ground + 15, "middle", colors.muted)),
  ];
}

/** The bars and the curve. `clip` is the id of a clip path around everything above the threshold. */
export function dataOf(plot: Plot, colors: Colors, clip: string): Mark[] {
  return [
    path(plot.bars, { fill: colors.kept }),
    path(plot.bars, { fill: colors.removed, clipPath: `url(#${clip})` }),
    path(plot.curve, { fill: "none", stroke: colors.text, strokeWidth: 1.5, strokeLinejoin: "round" }),
  ];
}

function path(d: string, attributes: Mark["attributes"]): Mark {
  return { tag: "path", attributes: { d, ...attributes } };
}

function text({ label }: Tick, x: number, y: number, textAnchor: string, fill: string): Mark {
  return { tag: "text", attributes: { x, y, textAnchor, fill }, text: label };
}
