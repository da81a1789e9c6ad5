import { Button } from "@mui/material";
import * as React from "react";
import type { AnswerOf } from "../../protocol/messages";
import type { Numbers } from "../../state/scan";
import { counted, grouped, shownUnit } from "../../words/format";
import { Grid, Tag, Trash } from "../widgets/icons";
import { SplitButton } from "../widgets/SplitButton";
import { HistoryMenu } from "./HistoryMenu";

export type ShowMode = "samples" | "labels" | "patches";

interface Props {
  /** The numbers of labels and images to act on; `null` while unknown. */
  readonly numbers: Numbers | null;
  /** Whether the numbers describe the dataset as it is now; buttons show no others. */
  readonly hold: boolean;
  readonly tagged: number;
  readonly viewActive: boolean;
  /** What contains the labels: "image", "frame", "scene", ... */
  readonly unit: string;
  /** Whether the App can show the labels as patches. */
  readonly patches: boolean;
  readonly writable: boolean;
  readonly busy: string | null;
  readonly onShow: (mode: ShowMode) => void;
  readonly onClearView: () => void;
  readonly onTag: () => void;
  readonly onUntag: () => void;
  readonly onDelete: () => void;
  readonly history: () => Promise<AnswerOf<"list_actions"> | null>;
  readonly onRestore: (restoreKey: string) => void;
  readonly onExportJournal: (format: "csv" | "json") => void;
  /** More actions, placed before the history. */
  readonly children?: React.ReactNode;
}

export function ActionBar(props: Props) {
  const { children, numbers, hold, tagged, viewActive, unit, patches, writable, busy, onShow, onClearView, onTag, onUntag, onDelete, history, onRestore, onExportJournal } = props;
  const labels = hold && numbers !== null && numbers.labels > 0 ? ` ${grouped(numbers.labels)}` : "";
  const images = hold && numbers?.images ? counted(numbers.images, unit) : `${unit}s`;
  const idle = busy === null;
  const any = numbers !== null && numbers.labels > 0;
  const showSamples = React.useCallback(() => onShow("samples"), [onShow]);
  const choices = React.useMemo(
    () => [
      { label: `Show the ${shownUnit(unit)}s in the grid`, cy: "show-samples", onClick: () => onShow("samples") },
      patches
        ? { label: "Show the labels and those that they overlap as patches", cy: "show-patches", onClick: () => onShow("patches") }
        : { label: "Show only the labels and those that they overlap", cy: "show-labels", onClick: () => onShow("labels") },
    ],
    [onShow, unit, patches],
  );

  return (
    <div style={{ display: "flex", flexWrap: "wrap", gap: 8 }} data-cy="actions">
      <SplitButton
        label={busy === "show" ? "Showing…" : `Show ${images}`}
        icon={GRID}
        cy="show"
        disabled={!idle || !any}
        onClick={showSamples}
        choicesLabel="More ways to show"
        choices={choices}
      />
      {viewActive && <Act label="Clear view" cy="clear-view" disabled={!idle} onClick={onClearView} />}
      <Act label={busy === "tag" ? "Tagging…" : `Tag${labels}`} icon={TAG} cy="tag" disabled={!idle || !any || !writable} onClick={onTag} />
      {tagged > 0 && (
        <Act label={busy === "untag" ? "Untagging…" : `Untag ${grouped(tagged)}`} cy="untag" disabled={!idle || !writable} onClick={onUntag} />
      )}
      <Act
        label={busy === "delete" ? "Deleting…" : `Delete${labels}…`}
        icon={TRASH}
        cy="delete"
        disabled={!idle || !(any || tagged > 0) || !writable}
        onClick={onDelete}
      />
      {children}
      <HistoryMenu disabled={!idle} load={history} onRestore={onRestore} onExport={onExportJournal} />
    </div>
  );
}

interface ActProps {
  readonly label: string;
  readonly icon?: React.ReactNode;
  readonly cy: string;
  readonly disabled: boolean;
  readonly onClick: () => void;
}

const Act = React.memo(function Act({ label, icon, cy, disabled, onClick }: ActProps) {
  return (
    <Button variant="outlined" color="secondary" size="small" startIcon={icon} disabled={disabled} onClick={onClick} data-cy={cy} sx={ONE_LINE}>
      {label}
    </Button>
  );
});

const GRID = <Grid />;
const TAG = <Tag />;
const TRASH = <Trash />;
/** The light theme of the App draws disabled text nearly black. */
const ONE_LINE = { whiteSpace: "nowrap", textTransform: "none", "&.Mui-disabled": { color: "text.primary", opacity: 0.45 } } as const;
