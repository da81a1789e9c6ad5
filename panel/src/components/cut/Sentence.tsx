import { styled } from "@mui/material";
import * as React from "react";
import { capitalized } from "../../words/format";
import type { Sentence as Parts } from "../../words/sentence";
import { HIDDEN } from "../widgets/theme";

interface Props {
  /** `null` while the server counts. */
  readonly sentence: Parts | null;
  /** Shown in its place meanwhile. */
  readonly waiting: React.ReactNode;
  /** The sentence at the settled threshold. Screen readers read this one, not every move of the pointer. */
  readonly settled: string;
  readonly children: React.ReactNode;
}

const Line = styled("div")(({ theme: { palette } }) => ({
  display: "flex",
  flexWrap: "wrap",
  alignItems: "center",
  gap: "4px 12px",
  minHeight: 48,
  // below the rest in a narrow panel
  "& .iou-sentence": { flex: "1 1 400px", minWidth: 0, fontSize: 15, lineHeight: 1.5, textWrap: "pretty" },
  "& b": { fontSize: 18, borderBottom: `3px solid ${palette.primary.main}` },
}));

/** The threshold field and the sentence about the numbers at it. */
export function Sentence({ sentence, waiting, settled, children }: Props) {
  return (
    <Line data-cy="sentence">
      {children}
      {sentence === null ? (
        waiting
      ) : (
        <div className="iou-sentence" aria-hidden>
          {sentence.number !== "" && <b>{sentence.number}</b>}
          {sentence.number === "" ? capitalized(sentence.rest) : sentence.rest}
        </div>
      )}
      <div role="status" style={HIDDEN}>
        {settled}
      </div>
    </Line>
  );
}
