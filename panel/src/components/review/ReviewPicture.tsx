import { useTheme } from "@mui/material";
import * as React from "react";
import type { Picture } from "../../protocol/messages";
import type { ReviewGroup } from "../../protocol/review";
import { extentOf, stepsApart } from "../../plot/outlines";
import type { Drawing } from "../../state/review/place";
import type { Fate } from "../../state/review/verdicts";
import { letterOf } from "../../words/review/verdicts";
import { KEPT_COLOR } from "../widgets/theme";
import { Apart, Letter, type Placed, ReviewShape } from "./ReviewShape";
import type { View } from "./useZoom";

interface Props {
  readonly picture: Picture;
  readonly group: ReviewGroup;
  readonly fates: ReadonlyMap<string, Fate>;
  readonly hidden: ReadonlySet<string>;
  readonly drawing: Drawing;
  readonly view: View;
  readonly width: number;
  readonly height: number;
  /** The only label to draw; `null` for all. */
  readonly only: string | null;
}

/** Pixels between shapes that are pulled apart. */
const APART = 6;
/** The height of a note below the labels, in pixels. */
const FOOT = 22;
/** Two shapes this close look like one. */
const CLOSE = 4;
/** More letters than this would cover the picture. */
const MOST_LETTERS = 12;

/** The labels of a group over their image: kept ones blue and solid, removed ones orange and dashed, each with its letter. */
export const ReviewPicture = React.memo(function ReviewPicture({ picture, group, fates, hidden, drawing, view, width, height, only }: Props) {
  const { palette } = useTheme();
  const { source, image_height, note, guides, texts, shapes, separate } = picture;
  const extents = React.useMemo(() => new Map(shapes.map(({ label_id, outline, dots }) => [label_id, extentOf(outline, dots)])), [shapes]);
  // a note has its own place below the labels
  const foot = note !== null && shapes.length > 0 ? FOOT : 0;
  // pixels per unit of the picture
  const scale = Math.min(width / picture.width, (height - foot) / picture.height) * view.k;
  const [w, h] = [width / scale, height / scale];
  const left = spread(view.x, picture.width, w);
  const top = spread(view.y, picture.height + foot / scale, h);
  const ids = group.members.map(({ label_id }) => label_id);
  const steps = drawing.exploded && only === null ? stepsApart(ids.map((id) => extents.get(id) ?? null), CLOSE / scale) : ids.map(() => 0);
  const placed = ids.flatMap((id, k): Placed[] => {
    const shape = shapes.find(({ label_id }) => label_id === id);
    if (shape === undefined || hidden.has(id) || (only !== null && only !== id)) return [];
    const isKept = fates.get(id) !== "removed";
    return [{ shape, index: k, letter: letterOf(k), isKept, color: isKept ? KEPT_COLOR : palette.primary.main, extent: extents.get(id) ?? null, offset: ((steps[k] ?? 0) * APART) / scale }];
  });
  const removedLast = [...placed].sort((a, b) => Number(b.isKept) - Number(a.isKept));
  const frame = { left, top, right: left + w, bottom: top + h };
  return (
    <svg width={width} height={height} viewBox={`${left} ${top} ${w} ${h}`} role="img" aria-label={described(placed)} style={{ display: "block" }} fontSize={12 / scale} data-cy="review-picture">
      {source !== null && <image href={source} width={picture.width} height={image_height} preserveAspectRatio="none" />}
      {note !== null && (
        <text x={picture.width / 2} y={foot > 0 ? picture.height + (0.7 * foot) / scale : picture.height / 2} textAnchor="middle" fill={palette.text.secondary} data-note="">
          {note}
        </text>
      )}
      {guides !== "" && <path d={guides} fill="none" stroke={palette.text.secondary} strokeOpacity={0.5} vectorEffect="non-scaling-stroke" />}
      {placed.filter(({ offset }) => offset > 0).map((one) => one.extent !== null && <Apart key={one.letter} corners={one.extent.corners} offset={one.offset} color={one.color} />)}
      {removedLast.map((one) => (
        <ReviewShape key={one.letter} placed={one} filled={drawing.filled} thick={one.isKept && !separate && placed.length > 1 && !drawing.exploded} />
      ))}
      {texts.map(({ x, y, text, anchor }) => (
        <text key={`${x} ${y}`} x={x} y={y} textAnchor={anchor} fill={palette.text.secondary}>
          {text}
        </text>
      ))}
      {placed.length <= MOST_LETTERS && placed.map((one) => <Letter key={one.letter} placed={one} scale={scale} frame={frame} />)}
    </svg>
  );
});

/** The start of the part that is shown: in the middle if all of it fits. */
function spread(at: number, whole: number, shown: number): number {
  return shown >= whole ? (whole - shown) / 2 : at * whole - shown / 2;
}

function described(placed: readonly Placed[]): string {
  return `Picture of the labels: ${placed.map(({ letter, isKept }) => `${letter} ${isKept ? "kept" : "removed"}`).join(", ")}`;
}
