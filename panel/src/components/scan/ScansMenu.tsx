import { Box, Button, Popover } from "@mui/material";
import * as React from "react";
import type { ScanEntry } from "../../protocol/messages";
import { grouped } from "../../words/format";
import { ChevronDown } from "../widgets/icons";
import { ground } from "../widgets/theme";
import { ScanItem } from "./ScanItem";

interface Props {
  readonly scans: readonly ScanEntry[];
  readonly openKey: string | null;
  readonly now: number;
  readonly onOpen: (scanKey: string) => void;
  readonly onRename: (scanKey: string, title: string) => void;
  readonly onDelete: (scanKey: string) => void;
}

export function ScansMenu({ scans, openKey, now, onOpen, onRename, onDelete }: Props) {
  const [anchor, setAnchor] = React.useState<HTMLElement | null>(null);
  const close = () => setAnchor(null);
  if (scans.length === 0) return null;
  return (
    <>
      <Button
        size="small"
        color="secondary"
        endIcon={<ChevronDown />}
        aria-haspopup="dialog"
        aria-expanded={anchor !== null}
        onClick={(event) => setAnchor(event.currentTarget)}
        data-cy="scans"
        sx={{ flex: "none", py: 0, textTransform: "none" }}
      >
        Scans ({grouped(scans.length)})
      </Button>
      <Popover
        open={anchor !== null && scans.length > 0}
        anchorEl={anchor}
        onClose={close}
        anchorOrigin={{ vertical: "bottom", horizontal: "right" }}
        transformOrigin={{ vertical: "top", horizontal: "right" }}
        PaperProps={{ sx: ground }}
      >
        <Box role="dialog" aria-label="Stored scans" sx={{ width: 320, maxWidth: "90vw", maxHeight: 360, overflow: "auto", p: 0.5 }}>
          <Box component="ul" sx={{ m: 0, p: 0, listStyle: "none" }}>
            {scans.map((entry) => (
              <ScanItem
                key={entry.scan_key}
                entry={entry}
                open={entry.scan_key === openKey}
                now={now}
                onOpen={() => {
                  close();
                  // the cut of the scan that is shown stays as it is
                  if (entry.scan_key !== openKey) onOpen(entry.scan_key);
                }}
                onRename={(title) => onRename(entry.scan_key, title)}
                onDelete={() => onDelete(entry.scan_key)}
              />
            ))}
          </Box>
        </Box>
      </Popover>
    </>
  );
}
