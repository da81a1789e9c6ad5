import { Box, Button } from "@mui/material";
import * as React from "react";
import { counted, grouped } from "../state/format";
import type { Numbers } from "../state/scan";
import { Grid, Tag, Trash } from "./icons";
import { SplitButton } from "./SplitButton";

interface Props {
  /** What the buttons act on; `null` while it is not known. */
  readonly numbers: Numbers | null;
  /** Whether the numbers are true now: a button shows no other. */
  readonly hold: boolean;
  readonly tagged: number;
  readonly viewActive: boolean;
  readonly writable: boolean;
  readonly busy: string | null;
  readonly onShow: (mode: "samples" | "patches") => void;
  readonly onClearView: () => void;
  readonly onTag: () => void;
  readonly onUntag: () => void;
  readonly onDelete: () => void;
}

export function ActionBar(props: Props) {
  const { numbers, hold, tagged, viewActive, writable, busy } = props;
  const labels = hold && numbers !== null && numbers.labels > 0 ? ` ${grouped(numbers.labels)}` : "";
  const images = hold && numbers?.images ? counted(numbers.images, "image") : "images";
  const idle = busy === null;
  const any = numbers !== null && numbers.labels > 0;
  const secondary = { variant: "outlined", color: "secondary", size: "small", sx: { whiteSpace: "nowrap", textTransform: "none" } } as const;

  return (
    <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1, fontVariantNumeric: "tabular-nums" }} data-cy="actions">
      <SplitButton
        label={busy === "show" ? "Showing…" : `Show ${images}`}
        icon={<Grid />}
        cy="show"
        disabled={!idle || !any}
        onClick={() => props.onShow("samples")}
        choicesLabel="More ways to show"
        choices={[
          { label: "Show the images in the grid", cy: "show-samples", onClick: () => props.onShow("samples") },
          { label: "Show the labels and their partners as patches", cy: "show-patches", onClick: () => props.onShow("patches") },
        ]}
      />
      {viewActive && (
        <Button {...secondary} disabled={!idle} onClick={props.onClearView} data-cy="clear-view">
          Clear view
        </Button>
      )}
      <Button {...secondary} startIcon={<Tag />} disabled={!idle || !any || !writable} onClick={props.onTag} data-cy="tag">
        {busy === "tag" ? "Tagging…" : `Tag${labels}`}
      </Button>
      {tagged > 0 && (
        <Button {...secondary} disabled={!idle || !writable} onClick={props.onUntag} data-cy="untag">
          {busy === "untag" ? "Untagging…" : `Untag ${grouped(tagged)}`}
        </Button>
      )}
      <Button
        {...secondary}
        startIcon={<Trash />}
        disabled={!idle || !(any || tagged > 0) || !writable}
        onClick={props.onDelete}
        data-cy="delete"
      >
        {busy === "delete" ? "Deleting…" : `Delete${labels}…`}
      </Button>
    </Box>
  );
}
