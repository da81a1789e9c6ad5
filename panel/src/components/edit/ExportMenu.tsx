import { Button, Menu, MenuItem } from "@mui/material";
import * as React from "react";
import type { ExportKind } from "../../words/files";
import { ChevronDown } from "../widgets/icons";

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
      <Button
        variant="outlined"
        color="secondary"
        size="small"
        endIcon={CHEVRON}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        disabled={disabled}
        onClick={(event) => setAnchor(event.currentTarget)}
        data-cy="export"
        sx={{ textTransform: "none", "&.Mui-disabled": { color: "text.primary", opacity: 0.45 } }}
      >
        Export
      </Button>
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

const CHEVRON = <ChevronDown />;
