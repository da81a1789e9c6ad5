import { Skeleton, useTheme } from "@mui/material";
import * as React from "react";
import type { Crop, Group, Member } from "../types";
import { STAYS } from "./look";
import { useSeen } from "./useSeen";

interface Props {
  readonly group: Group;
  /** The member to stress; `null` for none. */
  readonly stressed: string | null;
  readonly draw: (group: Group) => Promise<Crop | null>;
}

const SIDE = 132;

/** The part of the image that a group is in, fetched once it is seen, with the boxes of its members. */
export const GroupCrop = React.memo(function GroupCrop({ group, stressed, draw }: Props) {
  const [ref, seen] = useSeen();
  const [crop, setCrop] = React.useState<Crop | null>(null);
  React.useEffect(() => {
    if (!seen) return;
    let late = false;
    void draw(group).then((answer) => {
      if (!late) setCrop(answer);
    });
    return () => {
      late = true;
    };
  }, [seen, group, draw]);

  return (
    <div ref={ref} style={{ width: SIDE, height: SIDE, borderRadius: 4, overflow: "hidden", background: "rgba(128, 128, 128, 0.18)" }} data-cy="group-crop">
      {crop === null ? <Skeleton variant="rectangular" width={SIDE} height={SIDE} /> : <Picture crop={crop} group={group} stressed={stressed} />}
    </div>
  );
});

function Picture({ crop, group, stressed }: { crop: Crop; group: Group; stressed: string | null }) {
  const { palette } = useTheme();
  const [left = 0, top = 0, right = 1, bottom = 1] = crop.region;
  // Pixels of the crop: a relative box would be squeezed by the shape of the image.
  const place = ({ bounding_box: [x = 0, y = 0, w = 0, h = 0] }: Member) => ({
    x: ((x - left) / (right - left)) * crop.width,
    y: ((y - top) / (bottom - top)) * crop.height,
    width: (Math.abs(w) / (right - left)) * crop.width,
    height: (Math.abs(h) / (bottom - top)) * crop.height,
  });
  const goesLast = [...group.members].sort((a, b) => Number(b.stays) - Number(a.stays));
  return (
    <svg width={SIDE} height={SIDE} viewBox={`0 0 ${crop.width} ${crop.height}`} role="img" aria-label="The labels in their image" style={{ display: "block" }}>
      {crop.source === null ? (
        <text x={crop.width / 2} y={crop.height / 2} textAnchor="middle" fontSize={crop.width / 14} fill={palette.text.secondary}>
          image not readable
        </text>
      ) : (
        <image href={crop.source} width={crop.width} height={crop.height} />
      )}
      {goesLast.map((member) => {
        const on = stressed === member.label_id;
        const color = member.stays ? STAYS : palette.primary.main;
        return (
          <g key={member.label_id} fill="none" opacity={stressed === null || on ? 1 : 0.25}>
            <rect {...place(member)} stroke="#000" strokeOpacity={0.55} strokeWidth={member.stays ? 5.5 : 4} vectorEffect="non-scaling-stroke" />
            <rect {...place(member)} stroke={color} strokeWidth={on ? 4 : member.stays ? 3.5 : 2} vectorEffect="non-scaling-stroke" />
          </g>
        );
      })}
    </svg>
  );
}
