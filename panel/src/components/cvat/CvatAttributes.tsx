import { Box, Checkbox, FormControlLabel } from "@mui/material";
import * as React from "react";
import type { AnswerOf } from "../../protocol/messages";

type Offered = AnswerOf<"cvat_preview_upload">["offered"];

interface Props {
  /** Those that can go along; `null` while that is not known. */
  readonly offered: Offered | null;
  readonly chosen: readonly string[];
  readonly onChange: (chosen: string[]) => void;
}

/** Which attributes go along. None does by itself: CVAT knows them as text alone. */
export function CvatAttributes({ offered, chosen, onChange }: Props) {
  const last = React.useRef<Offered>([]);
  // what is offered stays while it is counted anew
  if (offered !== null) last.current = offered;
  if (last.current.length === 0) return null;
  return (
    <Box role="group" aria-label="Attributes that go along" data-cy="cvat-attributes" sx={{ mb: 0.5 }}>
      <Box sx={{ fontSize: 12, color: "text.secondary" }}>Attributes that go along</Box>
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
