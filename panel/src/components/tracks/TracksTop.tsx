import { Box } from "@mui/material";
import * as React from "react";
import type { AnswerOf } from "../../protocol/messages";
import { tracksPageText } from "../../words/tracks";
import { Pager } from "../widgets/Pager";
import { FramesField } from "./FramesField";

interface Props {
  readonly found: AnswerOf<"list_tracks"> | null;
  readonly page: number;
  readonly atOnce: number;
  readonly minFrames: number;
  readonly onPage: (page: number) => void;
  readonly onFrames: (minFrames: number) => void;
}

/** The page of pairs of tracks, and the minimum number of frames in which they overlap. */
export function TracksTop({ found, page, atOnce, minFrames, onPage, onFrames }: Props) {
  const total = found?.total ?? 0;
  return (
    <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: "4px 8px", minHeight: 36, fontSize: 13, color: "text.secondary" }}>
      <Box role="status" data-cy="tracks-page">
        {found !== null && total > 0 && tracksPageText(page, found.tracks.length, total)}
      </Box>
      <Box sx={{ ml: "auto", display: "flex", alignItems: "center", gap: 0.75 }}>
        in at least <FramesField frames={minFrames} onChange={onFrames} /> {minFrames === 1 ? "frame" : "frames"}
      </Box>
      {total > atOnce && (
        <Pager what="tracks" page={page} atOnce={atOnce} total={total} onPage={onPage} />
      )}
    </Box>
  );
}
