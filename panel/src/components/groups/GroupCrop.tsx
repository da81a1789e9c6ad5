import { Box, Skeleton } from "@mui/material";
import * as React from "react";
import type { Group, Picture } from "../../protocol/messages";
import { LabelPicture } from "./LabelPicture";
import { useSeen } from "./useSeen";

interface Props {
  readonly group: Group;
  /** The member to highlight; `null` for none. */
  readonly stressed: string | null;
  readonly draw: (group: Group) => Promise<Picture | null>;
}

const SIDE = 132;

/** The picture of a group, loaded when it is scrolled into view. */
export const GroupCrop = React.memo(function GroupCrop({ group, stressed, draw }: Props) {
  const [ref, seen] = useSeen();
  const [picture, setPicture] = React.useState<Picture | "none" | null>(null);
  React.useEffect(() => {
    if (!seen) return;
    let late = false;
    void draw(group).then((answer) => {
      if (!late) setPicture(answer ?? "none");
    });
    return () => {
      late = true;
    };
  }, [seen, group, draw]);

  return (
    <div ref={ref} style={{ width: SIDE, height: SIDE, borderRadius: 4, overflow: "hidden", background: "rgba(128, 128, 128, 0.18)" }} data-cy="group-crop">
      {picture === null && <Skeleton variant="rectangular" width={SIDE} height={SIDE} />}
      {picture === "none" && <Box sx={{ p: 1, fontSize: 12, color: "text.secondary" }}>This picture could not be drawn.</Box>}
      {picture !== null && picture !== "none" && <LabelPicture picture={picture} group={group} stressed={stressed} side={SIDE} />}
    </div>
  );
});
