import { Button, Menu, MenuItem } from "@mui/material";
import * as React from "react";
import { type ExportKind, EXPORTS } from "../../words/files";
import { ChevronDown } from "../widgets/icons";
import { Reason } from "../widgets/Reason";

interface Props {
  /** The reason why it is disabled; `null` if it is not. */
  readonly why: string | null;
  readonly onExport: (kind: ExportKind) => void;
  readonly onImport: (name: string, content: string) => void;
}

/** Files to download, and verdicts to import from one. */
export const ExportMenu = React.memo(function ExportMenu({ why, onExport, onImport }: Props) {
  const [anchor, setAnchor] = React.useState<HTMLElement | null>(null);
  const file = React.useRef<HTMLInputElement>(null);

  function read(input: HTMLInputElement) {
    const chosen = input.files?.[0];
    if (chosen !== undefined) void chosen.text().then((content) => onImport(chosen.name, content));
    // so that the same file can be chosen again
    input.value = "";
  }

  return (
    <Reason why={why}>
      <Button
        variant="outlined"
        color="secondary"
        size="small"
        endIcon={CHEVRON}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        disabled={why !== null}
        onClick={(event) => setAnchor(event.currentTarget)}
        data-cy="export"
        sx={{ textTransform: "none", "&.Mui-disabled": { color: "text.primary", opacity: 0.45 } }}
      >
        Export
      </Button>
      <input ref={file} type="file" accept=".csv,.json" hidden aria-label="Review to import" onChange={(event) => read(event.target)} data-cy="import-file" />
      {anchor !== null && (
        <Menu anchorEl={anchor} open onClose={() => setAnchor(null)}>
          {EXPORTS.map(({ kind, label }) => (
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
          <MenuItem
            dense
            data-cy="import-review"
            onClick={() => {
              setAnchor(null);
              file.current?.click();
            }}
            sx={{ borderTop: 1, borderColor: "divider" }}
          >
            Import verdicts from a file…
          </MenuItem>
        </Menu>
      )}
    </Reason>
  );
});

const CHEVRON = <ChevronDown />;
