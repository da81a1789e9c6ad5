import { Box, Skeleton } from "@mui/material";
import * as React from "react";
import type { Sentence as Parts } from "../state/sentence";
import { HIDDEN } from "./look";

interface Props {
  /** `null` while the server counts. */
  readonly sentence: Parts | null;
  /** The sentence at the threshold last let go: screen readers hear this one, not every move of the pointer. */
  readonly settled: string;
  readonly children: React.ReactNode;
}

/** The field with the threshold, and what would happen at it. */
export function Sentence({ sentence, settled, children }: Props) {
  return (
    <Box sx={{ display: "flex", alignItems: "center", gap: 1.5, minHeight: 48 }} data-cy="sentence">
      {children}
      {sentence === null ? (
        <Skeleton width="60%" height={24} />
      ) : (
        <Box sx={{ fontSize: 15, lineHeight: 1.5, textWrap: "pretty" }} aria-hidden>
          {sentence.number !== "" && (
            <Box component="span" sx={{ fontWeight: 700, fontSize: 18, borderBottom: 3, borderColor: "primary.main" }}>
              {sentence.number}
            </Box>
          )}
          {sentence.number === "" ? capitalized(sentence.rest) : sentence.rest}
        </Box>
      )}
      <Box role="status" sx={HIDDEN}>
        {settled}
      </Box>
    </Box>
  );
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

