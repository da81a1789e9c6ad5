import { useTheme } from "@mui/material";
import * as React from "react";
import type { Group, Picture } from "../../protocol/messages";
import { STAYS } from "../widgets/theme";

interface Props {
  readonly picture: Picture;
  readonly group: Group;
  /** The member to stress; `null` for none. */
  readonly stressed: string | null;
  /** Of the square that it fills, in pixels. */
  readonly side: number;
}

/** The labels of a group in what they are in: blue for what stays, orange over it for what goes. */
export function LabelPicture({ picture, group, stressed, side }: Props) {
  const { palette } = useTheme();
  const { width, height, source, image_height, note, guides, texts, shapes, separate } = picture;
  const staying = new Set(group.members.filter((member) => member.stays).map((member) => member.label_id));
  const goesLast = [...shapes].sort((a, b) => Number(staying.has(b.label_id)) - Number(staying.has(a.label_id)));
  // Texts of 10 pixels, whatever the picture is scaled to.
  const letters = (10 * Math.max(width, height)) / side;
  return (
    <svg
      width={side}
      height={side}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label="What the labels look like"
      fontSize={letters}
      style={{ display: "block" }}
    >
      {source !== null && <image href={source} width={width} height={image_height} />}
      {note !== null && (
        <text x={width / 2} y={shapes.length > 0 && texts.length > 0 ? letters : height / 2} textAnchor="middle" fill={palette.text.secondary}>
          {note}
        </text>
      )}
      {guides !== "" && <path d={guides} fill="none" stroke={palette.text.secondary} strokeOpacity={0.5} vectorEffect="non-scaling-stroke" />}
      {goesLast.map((shape) => (
        <Shape
          key={shape.label_id}
          shape={shape}
          thick={staying.has(shape.label_id) && !separate}
          color={staying.has(shape.label_id) ? STAYS : palette.primary.main}
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
  /** So that it is seen under the shape that covers it. */
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
