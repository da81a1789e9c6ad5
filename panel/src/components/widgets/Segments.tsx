import { styled } from "@mui/material";
import * as React from "react";

interface Option<T extends string> {
  readonly value: T;
  readonly content: React.ReactNode;
  readonly title?: string;
}

interface Props<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly Option<T>[];
  readonly onChange: (value: T) => void;
  readonly cy: string;
}

const Group = styled("div")(({ theme: { palette } }) => ({
  display: "inline-flex",
  flex: "none",
  border: `1px solid ${palette.divider}`,
  borderRadius: 4,
  overflow: "hidden",
  "& button": {
    minHeight: 28,
    padding: "2px 10px",
    border: 0,
    background: "none",
    font: "inherit",
    fontSize: 13,
    color: palette.text.secondary,
    cursor: "pointer",
  },
  "& button + button": { borderLeft: `1px solid ${palette.divider}` },
  "& button:hover": { background: palette.action.hover },
  '& button[aria-pressed="true"]': { background: palette.action.selected, color: palette.text.primary },
  "& button:focus-visible": { outlineOffset: "-2px" },
}));

/** A choice of a few options, side by side. */
export function Segments<T extends string>({ label, value, options, onChange, cy }: Props<T>) {
  return (
    <Group role="group" aria-label={label}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          title={option.title}
          onClick={() => onChange(option.value)}
          data-cy={`${cy}-${option.value}`}
        >
          {option.content}
        </button>
      ))}
    </Group>
  );
}
