import { Box, IconButton } from "@mui/material";
import * as React from "react";
import type { AnswerOf } from "../../protocol/messages";
import { tracksPageText } from "../../words/tracks";
import { ChevronLeft, ChevronRight } from "../widgets/icons";
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
        <Box sx={{ display: "flex" }}>
          <IconButton size="small" aria-label="Previous tracks" disabled={page === 0} onClick={() => onPage(page - 1)} data-cy="tracks-back">
            <ChevronLeft />
          </IconButton>
          <IconButton size="small" aria-label="Next tracks" disabled={(page + 1) * atOnce >= total} onClick={() => onPage(page + 1)} data-cy="tracks-on">
            <ChevronRight />
          </IconButton>
        </Box>
      )}
    </Box>
  );
}
