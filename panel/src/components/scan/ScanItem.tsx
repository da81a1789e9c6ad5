import { Box, Button, ButtonBase, IconButton, InputBase } from "@mui/material";
import * as React from "react";
import type { ScanEntry } from "../../protocol/messages";
import { counted, grouped, when } from "../../words/format";
import { comparedParts } from "../../words/scan";
import { Pencil, Trash } from "../widgets/icons";
import { ON_DANGER } from "../widgets/theme";

interface Props {
  readonly entry: ScanEntry;
  /** The title, with the key if another scan has the same title. */
  readonly name: string;
  readonly open: boolean;
  readonly now: number;
  readonly onOpen: () => void;
  readonly onRename: (title: string) => void;
  readonly onDelete: () => void;
}

/** One stored scan, to open, rename, or delete after a confirmation. */
export function ScanItem({ entry, name, open, now, onOpen, onRename, onDelete }: Props) {
  const [title, setTitle] = React.useState<string | null>(null);
  const [asking, setAsking] = React.useState(false);

  function rename() {
    if (title !== null && title.trim() !== "" && title.trim() !== entry.title) onRename(title.trim());
    setTitle(null);
  }
  function onKeyDown(event: React.KeyboardEvent) {
    event.stopPropagation();
    if (event.key === "Enter") rename();
    if (event.key === "Escape") setTitle(null);
  }

  return (
    <Box component="li" data-cy="scan-item" sx={{ display: "flex", alignItems: "center", borderRadius: 1, bgcolor: open ? "action.selected" : undefined }}>
      {title !== null ? (
        <InputBase
          autoFocus
          value={title}
          onChange={(event) => setTitle(event.target.value)}
          onBlur={rename}
          onFocus={(event) => event.target.select()}
          onKeyDown={onKeyDown}
          inputProps={{ "aria-label": "Title of the scan", "data-cy": "scan-title", maxLength: 200 }}
          sx={{ flex: 1, mx: 1, my: 1, fontSize: 13, borderBottom: 1, borderColor: "primary.main" }}
        />
      ) : (
        <ButtonBase
          onClick={onOpen}
          aria-current={open}
          data-cy="open-scan"
          sx={{ flex: 1, minWidth: 0, display: "block", textAlign: "left", px: 1, py: 0.75, borderRadius: 1, fontFamily: "inherit", "&:hover": { bgcolor: "action.hover" } }}
        >
          <Box sx={{ fontSize: 13, fontWeight: open ? 600 : 400, overflowWrap: "anywhere" }}>
            {name}
          </Box>
          <Box sx={{ fontSize: 12, lineHeight: 1.5, color: "text.secondary" }}>
            {comparedParts(entry).join(" · ")}
            <br />
            {`${counted(entry.labels, "label")} in ${counted(entry.samples, entry.unit)} · ${grouped(entry.removed)} above ${entry.iou_thresh}`}
            <br />
            {when(entry.created_at, now)}
          </Box>
        </ButtonBase>
      )}
      {asking ? (
        <>
          <Button size="small" variant="contained" disableElevation onClick={onDelete} data-cy="delete-scan-now" title="No label is changed" sx={{ ...ON_DANGER, flex: "none", textTransform: "none" }}>
            Delete scan
          </Button>
          <Button size="small" color="secondary" onClick={() => setAsking(false)}>
            Keep
          </Button>
        </>
      ) : (
        title === null && (
          <>
            <IconButton size="small" aria-label={`Rename ${name}`} onClick={() => setTitle(entry.title)} data-cy="rename-scan">
              <Pencil />
            </IconButton>
            <IconButton size="small" aria-label={`Delete the scan ${name}`} onClick={() => setAsking(true)} data-cy="delete-scan">
              <Trash />
            </IconButton>
          </>
        )
      )}
    </Box>
  );
}
