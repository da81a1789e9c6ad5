import { Box, ToggleButton, ToggleButtonGroup, Tooltip } from "@mui/material";
import * as React from "react";
import { grouped } from "../state/format";
import type { Method } from "../types";

interface Props {
  readonly method: Method;
  /** How many labels would go with each method; `null` when that is not known. */
  readonly labels: Readonly<Record<Method, number | null>>;
  readonly onChange: (method: Method) => void;
}

const EXPLAINED: Readonly<Record<Method, string>> = {
  simple: "Of two labels that overlap too much, the later one goes.",
  greedy: "The label with the most overlaps goes first, until none overlap too much. Often fewer labels go.",
};

export function MethodChoice({ method, labels, onChange }: Props) {
  return (
    <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", columnGap: 1.5, rowGap: 0.5, fontSize: 13 }}>
      <span id="iou-method">Method</span>
      <ToggleButtonGroup
        exclusive
        size="small"
        value={method}
        aria-labelledby="iou-method"
        onChange={(_, value: Method | null) => value !== null && onChange(value)}
      >
        {(["simple", "greedy"] as const).map((name) => (
          <ToggleButton
            key={name}
            value={name}
            data-cy={`method-${name}`}
            sx={{ px: 1.25, py: 0.25, textTransform: "none", color: "text.primary", gap: 0.75, "&.Mui-selected": { color: "text.primary" } }}
          >
            <Tooltip title={EXPLAINED[name]}>
              <span>{name}</span>
            </Tooltip>
            <Box component="span" sx={{ minWidth: "4ch", color: "text.secondary", fontVariantNumeric: "tabular-nums" }}>
              {labels[name] === null ? "" : grouped(labels[name])}
            </Box>
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      <Box component="span" sx={{ color: "text.secondary" }} data-cy="method-difference">
        {difference(labels)}
      </Box>
    </Box>
  );
}

function difference({ simple, greedy }: Props["labels"]): string {
  if (simple === null || greedy === null) return "";
  if (simple === greedy) return "same number";
  return greedy < simple ? `greedy takes ${grouped(simple - greedy)} fewer` : `greedy takes ${grouped(greedy - simple)} more`;
}
