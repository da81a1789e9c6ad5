import { Box, Checkbox, FormControlLabel } from "@mui/material";
import * as React from "react";
import type { AnswerOf } from "../../protocol/messages";

type Offered = AnswerOf<"cvat_preview_upload">["offered"];

interface Props {
  /** The attributes that can be sent; `null` while unknown. */
  readonly offered: Offered | null;
  readonly chosen: readonly string[];
  readonly onChange: (chosen: string[]) => void;
}

/** The choice of attributes to send: by default none, as CVAT stores them only as text. */
export function CvatAttributes({ offered, chosen, onChange }: Props) {
  const last = React.useRef<Offered>([]);
  // the list remains visible while a new preview is loaded
  if (offered !== null) last.current = offered;
  if (last.current.length === 0) return null;
  return (
    <Box role="group" aria-label="Attributes to send" data-cy="cvat-attributes" sx={{ mb: 0.5 }}>
      <Box sx={{ fontSize: 12, color: "text.secondary" }}>Attributes to send</Box>
      <Box sx={{ display: "flex", flexWrap: "wrap", columnGap: 1.5, maxHeight: 132, overflowY: "auto" }}>
        {last.current.map(({ name, words }) => (
          <FormControlLabel
            key={name}
            title={`${name}: ${words}`}
            control={
              <Checkbox
                size="small"
                checked={chosen.includes(name)}
                onChange={(_, on) => onChange(on ? [...chosen, name] : chosen.filter((other) => other !== name))}
                data-cy={`cvat-attribute-${name}`}
                sx={{ py: 0.25 }}
              />
            }
            label={name}
            slotProps={{ typography: { fontSize: 14, sx: { overflowWrap: "anywhere" } } }}
          />
        ))}
      </Box>
    </Box>
  );
}
