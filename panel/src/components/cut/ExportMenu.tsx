import { IconButton, Menu, MenuItem } from "@mui/material";
import * as React from "react";
import { Download } from "../widgets/icons";

export type ExportKind = "svg" | "png" | "html" | `${"plan" | "pairs" | "class_pairs"}-${"csv" | "json"}`;

const CHOICES: readonly { kind: ExportKind; label: string }[] = [
  { kind: "svg", label: "Histogram as SVG" },
  { kind: "png", label: "Histogram as PNG" },
  { kind: "plan-csv", label: "Labels to remove as CSV" },
  { kind: "plan-json", label: "Labels to remove as JSON" },
  { kind: "pairs-csv", label: "All overlapping pairs as CSV" },
  { kind: "pairs-json", label: "All overlapping pairs as JSON" },
  { kind: "class_pairs-csv", label: "Class pairs as CSV" },
  { kind: "class_pairs-json", label: "Class pairs as JSON" },
  { kind: "html", label: "Report as an HTML file" },
];

interface Props {
  readonly disabled: boolean;
  readonly onExport: (kind: ExportKind) => void;
}

export const ExportMenu = React.memo(function ExportMenu({ disabled, onExport }: Props) {
  const [anchor, setAnchor] = React.useState<HTMLElement | null>(null);
  return (
    <>
      <IconButton
        size="small"
        aria-label="Export"
        title="Export"
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        disabled={disabled}
        onClick={(event) => setAnchor(event.currentTarget)}
        data-cy="export"
      >
        <Download />
      </IconButton>
      {anchor !== null && (
        <Menu anchorEl={anchor} open onClose={() => setAnchor(null)}>
          {CHOICES.map(({ kind, label }) => (
            <MenuItem
              key={kind}
              dense
              data-cy={`export-${kind}`}
              onClick={() => {
                setAnchor(null);
                onExport(kind);
              }}
            >
              {label}
            </MenuItem>
          ))}
        </Menu>
      )}
    </>
  );
});
