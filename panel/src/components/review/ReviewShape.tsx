import * as React from "react";
import type { Picture } from "../../protocol/messages";
import type { Extent, Outlined } from "../../plot/outlines";

export interface Placed {
  readonly shape: Picture["shapes"][number];
  /** Its place among the labels of the group. */
  readonly index: number;
  readonly letter: string;
  readonly isKept: boolean;
  readonly color: string;
  readonly extent: Outlined | null;
  /** The distance by which it is moved to the right and down. */
  readonly offset: number;
}

const ROUND = { fill: "none", strokeLinejoin: "round", strokeLinecap: "round", vectorEffect: "non-scaling-stroke" } as const;

interface Props {
  readonly placed: Placed;
  readonly filled: boolean;
  /** Drawn thicker, so that it is visible below the shape that covers it. */
  readonly thick: boolean;
}

/** A label: solid if it is kept, dashed if it is removed. A dark line below makes it visible over any image. */
export const ReviewShape = React.memo(function ReviewShape({ placed: { shape, isKept, color, offset }, filled, thick }: Props) {
  const { outline, dots } = shape;
  const width = thick ? 6 : 2.5;
  const dashes = isKept ? undefined : "7 5";
  return (
    <g transform={offset === 0 ? undefined : `translate(${offset} ${offset})`} data-fate={isKept ? "kept" : "removed"}>
      {filled && (shape.filled || isClosed(outline)) && <path d={outline} fill={color} fillOpacity={0.35} fillRule="evenodd" />}
      {outline !== "" && <path d={outline} {...ROUND} stroke="#000" strokeOpacity={0.6} strokeWidth={width + 1.5} />}
      {outline !== "" && <path d={outline} {...ROUND} stroke={color} strokeWidth={width} strokeDasharray={dashes} strokeLinecap="butt" />}
      {dots !== "" && <path d={dots} {...ROUND} stroke="#000" strokeOpacity={0.6} strokeWidth={isKept ? 13 : 8} />}
      {dots !== "" && <path d={dots} {...ROUND} stroke={color} strokeWidth={isKept ? 11 : 6} />}
    </g>
  );
});

/** Whether a path ends where it began, as that of a box. */
function isClosed(outline: string): boolean {
  return outline.endsWith("Z");
}

/** Dashed lines from where a shape was to where it is drawn. */
export function Apart({ corners, offset, color }: { corners: Outlined["corners"]; offset: number; color: string }) {
  return <path d={corners.map(([x, y]) => `M${x} ${y}l${offset} ${offset}`).join("")} {...ROUND} stroke={color} strokeDasharray="2 2" data-cy="apart" />;
}

const SIDE = 18;

/** The letter of a label at one of the corners of its shape, so that letters of shapes in one place do not cover one another. */
export function Letter({ placed, scale, frame }: { placed: Placed; scale: number; frame: Extent }) {
  const { extent, index, letter, color, offset } = placed;
  if (extent === null) return null;
  const side = SIDE / scale;
  const shift = Math.floor(index / 4) * side * 1.1;
  const x = index % 2 === 0 ? extent.left + shift : extent.right - side - shift;
  const y = index % 4 < 2 ? extent.top - side - 3 / scale : extent.bottom + 3 / scale;
  const at = [between(x + offset, frame.left, frame.right - side), between(y + offset, frame.top, frame.bottom - side)] as const;
  return (
    <g transform={`translate(${at[0]} ${at[1]}) scale(${1 / scale})`} aria-hidden>
      <rect width={SIDE} height={SIDE} rx={3} fill={color} stroke="#000" strokeOpacity={0.6} />
      <text x={SIDE / 2} y={13.5} textAnchor="middle" fontSize={13} fontWeight={700} fill="#161616">
        {letter}
      </text>
    </g>
  );
}

function between(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
