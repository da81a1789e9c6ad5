import { Box, Button, ButtonBase } from "@mui/material";
import * as React from "react";
import type { CvatPreview } from "../../protocol/messages";
import { type ChangeRow, changeRows, duplicatesText, type Example } from "../../words/cvat/changes";
import { counted, grouped, uncapitalized } from "../../words/format";
import { skippedText } from "../../words/freshness";
import { ChevronDown } from "../widgets/icons";
import { ELLIPSIS } from "../widgets/theme";

interface Props {
  readonly preview: CvatPreview;
  readonly onShow: (sampleId: string, labelId: string) => void;
  readonly onShowSkipped: (labels: CvatPreview["skipped"]["labels"]) => void;
}

/** The changes that a load would make to the labels that were sent, with examples on demand. */
export function CvatChanges({ preview, onShow, onShowSkipped }: Props) {
  const { counts, skipped } = preview;
  const known = skipped.labels.filter(({ label_id }) => label_id !== null);
  return (
    <>
      <Box>
        Of the {counted(counts.expected, "label")} that were sent{counts.added > 0 ? ", and those drawn in CVAT" : ""}:
      </Box>
      <Box component="ul" aria-label="Edits in CVAT" data-cy="cvat-changes" sx={{ my: 1, mx: 0, p: 0, listStyle: "none", border: 1, borderColor: "divider", borderRadius: 1 }}>
        {changeRows(preview).map((row) => (
          <Row key={row.name} row={row} onShow={onShow} />
        ))}
      </Box>
      {counts.conflicts > 0 && (
        <Box data-cy="cvat-conflicts" sx={{ my: 1, px: 1.5, py: 1, borderRadius: 1, borderLeft: "4px solid #e0b000", bgcolor: "rgba(224, 176, 0, 0.14)" }}>
          {counts.conflicts === 1 ? "1 label was" : `${grouped(counts.conflicts)} labels were`} edited both in CVAT and here, so nothing here is overwritten. To use the version from CVAT, undo the edit here and load again.
        </Box>
      )}
      {skipped.count > 0 && (
        <Box sx={{ color: "text.secondary" }}>
          {skippedText(skipped)}.
          {known.length > 0 && (
            <Button size="small" color="secondary" onClick={() => onShowSkipped(known)} data-cy="cvat-show-skipped" sx={{ minWidth: 0, py: 0, ml: 0.5, textTransform: "none" }}>
              Show in the grid
            </Button>
          )}
        </Box>
      )}
      <Box data-cy="cvat-duplicates" sx={{ my: 0.5, fontWeight: 600 }}>
        After loading: {uncapitalized(duplicatesText(counts.still_duplicate))}
      </Box>
    </>
  );
}

/** The maximum number of examples. */
const SHOWN = 8;

function Row({ row: { name, title, labels, note, examples }, onShow }: { row: ChangeRow; onShow: Props["onShow"] }) {
  const [open, setOpen] = React.useState(false);
  const line = (
    <>
      <Box sx={{ minWidth: 44, textAlign: "right", fontWeight: 600 }}>{grouped(labels)}</Box>
      <Box sx={{ flex: 1, minWidth: 0 }}>
        {title} <Box component="span" sx={{ fontSize: 12, color: "text.secondary" }}>{note}</Box>
      </Box>
    </>
  );
  const style = { display: "flex", width: "100%", alignItems: "center", gap: 1.5, px: 1, py: 0.25, textAlign: "left", font: "inherit", lineHeight: 1.5 } as const;
  return (
    <Box component="li" data-cy={`cvat-row-${name}`} sx={{ "& + &": { borderTop: 1, borderColor: "divider" } }}>
      {examples.length === 0 ? (
        <Box sx={{ ...style, ...(labels === 0 ? { color: "text.secondary" } : {}) }}>{line}</Box>
      ) : (
        <ButtonBase aria-expanded={open} onClick={() => setOpen(!open)} sx={{ ...style, "&:hover": { bgcolor: "action.hover" } }}>
          {line}
          <ChevronDown sx={{ flex: "none", transform: open ? "rotate(180deg)" : undefined }} />
        </ButtonBase>
      )}
      {open && <Examples examples={examples} canShow={name !== "added"} onShow={onShow} />}
    </Box>
  );
}

function Examples({ examples, canShow, onShow }: { examples: readonly Example[]; canShow: boolean; onShow: Props["onShow"] }) {
  return (
    <Box component="ul" sx={{ m: 0, pl: 3, pr: 1, pb: 0.5, listStyle: "none", fontSize: 13 }}>
      {examples.slice(0, SHOWN).map(({ text, labels, first }) => (
        <Box component="li" key={text} sx={{ display: "flex", alignItems: "center", gap: 1 }}>
          <Box sx={{ flex: 1, ...ELLIPSIS }} title={text}>
            {text}
          </Box>
          {labels > 1 && <Box sx={{ flex: "none", color: "text.secondary" }}>{grouped(labels)} labels</Box>}
          {canShow && (
            <Button size="small" color="secondary" onClick={() => onShow(first.sample_id, first.label_id)} data-cy="cvat-show" sx={{ flex: "none", minWidth: 0, py: 0, textTransform: "none" }}>
              Show
            </Button>
          )}
        </Box>
      ))}
      {examples.length > SHOWN && <Box component="li">and {grouped(examples.length - SHOWN)} other kinds</Box>}
    </Box>
  );
}
