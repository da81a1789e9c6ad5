import { useTheme } from "@mui/material";
import * as React from "react";
import type { Group, Picture } from "../../protocol/messages";
import { KEPT_COLOR } from "../widgets/theme";

interface Props {
  readonly picture: Picture;
  readonly group: Group;
  /** The member to highlight; `null` for none. */
  readonly stressed: string | null;
  /** The side of the square that it fills, in pixels. */
  readonly side: number;
}

/** The labels of a group in their image, scene or timeline. Removed labels are orange, drawn over kept labels, which are blue. */
export function LabelPicture({ picture, group, stressed, side }: Props) {
  const { palette } = useTheme();
  const { width, height, source, image_height, note, guides, texts, shapes, separate } = picture;
  const kept = new Set(group.members.filter((member) => member.is_kept).map((member) => member.label_id));
  const removedLast = [...shapes].sort((a, b) => Number(kept.has(b.label_id)) - Number(kept.has(a.label_id)));
  // 10 pixels on the screen at any scale
  const letters = (10 * Math.max(width, height)) / side;
  // a note has its own place below the labels
  const foot = note !== null && shapes.length > 0 ? 1.8 * letters : 0;
  return (
    <svg
      width={side}
      height={side}
      viewBox={`0 0 ${width} ${height + foot}`}
      role="img"
      aria-label="Picture of the labels"
      fontSize={letters}
      style={{ display: "block" }}
    >
      {source !== null && <image href={source} width={width} height={image_height} />}
      {note !== null && (
        <text x={width / 2} y={foot > 0 ? height + 1.3 * letters : height / 2} textAnchor="middle" fill={palette.text.secondary} data-note="">
          {note}
        </text>
      )}
      {guides !== "" && <path d={guides} fill="none" stroke={palette.text.secondary} strokeOpacity={0.5} vectorEffect="non-scaling-stroke" />}
      {removedLast.map((shape) => (
        <Shape
          key={shape.label_id}
          shape={shape}
          thick={kept.has(shape.label_id) && !separate}
          color={kept.has(shape.label_id) ? KEPT_COLOR : palette.primary.main}
          stressed={stressed}
        />
      ))}
      {texts.map(({ x, y, text, anchor }) => (
        <text key={`${x} ${y}`} x={x} y={y} textAnchor={anchor} fill={palette.text.secondary}>
          {text}
        </text>
      ))}
    </svg>
  );
}

interface ShapeProps {
  readonly shape: Picture["shapes"][number];
  /** Drawn thicker, so that it is visible below the shape that covers it. */
  readonly thick: boolean;
  readonly color: string;
  readonly stressed: string | null;
}

function Shape({ shape: { label_id, outline, dots, filled }, thick, color, stressed }: ShapeProps) {
  const on = stressed === label_id;
  const stroke = { fill: "none", strokeLinejoin: "round", strokeLinecap: "round", vectorEffect: "non-scaling-stroke" } as const;
  return (
    <g opacity={stressed === null || on ? 1 : 0.2}>
      {outline !== "" && <path d={outline} {...stroke} stroke="#000" strokeOpacity={0.55} strokeWidth={thick ? 7 : 3} />}
      {outline !== "" && (
        <path d={outline} {...stroke} stroke={color} strokeWidth={thick ? (on ? 6.5 : 5.5) : on ? 3 : 2} fill={filled ? color : "none"} fillOpacity={thick ? 0.25 : 0.2} fillRule="evenodd" />
      )}
      {dots !== "" && <path d={dots} {...stroke} stroke="#000" strokeOpacity={0.55} strokeWidth={thick ? 11 : 5} />}
      {dots !== "" && <path d={dots} {...stroke} stroke={color} strokeWidth={thick ? 9.5 : 4} />}
    </g>
  );
}
