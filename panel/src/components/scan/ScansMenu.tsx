import { Box } from "@mui/material";
import * as React from "react";
import type { ScanEntry } from "../../protocol/messages";
import { grouped } from "../../words/format";
import { scanNames } from "../../words/scan";
import { MenuButton } from "../widgets/MenuButton";
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
  if (scans.length === 0) return null;
  const names = scanNames(scans);
  return (
    <MenuButton label={`Scans (${grouped(scans.length)})`} title="Stored scans" at="below" cy="scans" sx={{ flex: "none", py: 0 }} inside={{ width: 320, maxHeight: 360, overflow: "auto", p: 0.5 }}>
      {(close) => (
        <Box component="ul" sx={{ m: 0, p: 0, listStyle: "none" }}>
          {scans.map((entry) => (
            <ScanItem
              key={entry.scan_key}
              entry={entry}
              name={names.get(entry.scan_key) ?? entry.title}
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
      )}
    </MenuButton>
  );
}
