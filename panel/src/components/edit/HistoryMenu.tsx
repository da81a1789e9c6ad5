import { Box, Button, Popover, Skeleton } from "@mui/material";
import * as React from "react";
import type { AnswerOf, JournalEntry } from "../../protocol/messages";
import { ago, grouped } from "../../words/format";
import { entryTitle, stateText } from "../../words/history";
import { ChevronDown, Undo } from "../widgets/icons";
import { BUSY, Reason } from "../widgets/Reason";
import { ELLIPSIS, ground } from "../widgets/theme";

type History = AnswerOf<"list_actions">;

interface Props {
  readonly disabled: boolean;
  readonly load: () => Promise<History | null>;
  readonly onRestore: (restoreKey: string) => void;
  readonly onExport: (format: "csv" | "json") => void;
}

/** The newest writes to the dataset; each can be undone. */
export const HistoryMenu = React.memo(function HistoryMenu({ disabled, load, onRestore, onExport }: Props) {
  const [anchor, setAnchor] = React.useState<HTMLElement | null>(null);
  const [history, setHistory] = React.useState<History | null>(null);
  const close = () => setAnchor(null);

  function open(event: React.MouseEvent<HTMLElement>) {
    setAnchor(event.currentTarget);
    setHistory(null);
    void load().then((found) => (found === null ? close() : setHistory(found)));
  }

  return (
    <>
      <Button
        size="small"
        color="secondary"
        endIcon={<ChevronDown />}
        aria-haspopup="dialog"
        aria-expanded={anchor !== null}
        onClick={open}
        data-cy="history"
        sx={{ ml: "auto", textTransform: "none" }}
      >
        History
      </Button>
      <Popover
        open={anchor !== null}
        anchorEl={anchor}
        onClose={close}
        anchorOrigin={{ vertical: "top", horizontal: "right" }}
        transformOrigin={{ vertical: "bottom", horizontal: "right" }}
        PaperProps={{ sx: ground }}
      >
        <Box role="dialog" aria-label="History" tabIndex={0} sx={{ width: 340, maxWidth: "90vw", maxHeight: 320, overflow: "auto", p: 1 }}>
          {history === null && <Skeleton variant="rectangular" height={64} sx={{ borderRadius: 1 }} />}
          {history !== null && (
            <Entries
              history={history}
              disabled={disabled}
              onRestore={(key) => {
                close();
                onRestore(key);
              }}
              onExport={(format) => {
                close();
                onExport(format);
              }}
            />
          )}
        </Box>
      </Popover>
    </>
  );
});

interface EntriesProps {
  readonly history: History;
  readonly disabled: boolean;
  readonly onRestore: (restoreKey: string) => void;
  readonly onExport: (format: "csv" | "json") => void;
}

function Entries({ history, disabled, onRestore, onExport }: EntriesProps) {
  const { actions, total } = history;
  if (total === 0) return <Box sx={{ p: 0.5, fontSize: 13 }}>No labels have been changed yet.</Box>;
  return (
    <>
      <Box component="ul" sx={{ m: 0, p: 0, listStyle: "none" }}>
        {actions.map((entry) => (
          <Entry key={entry.restore_key} entry={entry} disabled={disabled} onRestore={() => onRestore(entry.restore_key)} />
        ))}
      </Box>
      {total > actions.length && (
        <Box sx={{ p: 0.5, fontSize: 12, color: "text.secondary" }}>and {grouped(total - actions.length)} older ones</Box>
      )}
      <Box sx={{ display: "flex", alignItems: "center", gap: 1, mt: 0.5, px: 0.5, pt: 0.5, borderTop: 1, borderColor: "divider", fontSize: 12, color: "text.secondary" }}>
        Export the journal
        {(["csv", "json"] as const).map((format) => (
          <Reason key={format} why={disabled ? BUSY : null}>
            <Button size="small" color="secondary" disabled={disabled} onClick={() => onExport(format)} data-cy={`journal-${format}`} sx={{ minWidth: 0 }}>
              {format.toUpperCase()}
            </Button>
          </Reason>
        ))}
      </Box>
    </>
  );
}

function Entry({ entry, disabled, onRestore }: { entry: JournalEntry; disabled: boolean; onRestore: () => void }) {
  const title = entryTitle(entry);
  const details = [entry.field, ago(entry.created_at, Date.now()), stateText(entry)].filter((part) => part !== "");
  return (
    <Box component="li" data-cy="history-entry" sx={{ display: "flex", alignItems: "center", gap: 1, px: 0.5, py: 0.5 }}>
      <Box sx={{ flex: 1, minWidth: 0 }}>
        <Box sx={{ fontSize: 13, ...ELLIPSIS }} title={title}>
          {title}
        </Box>
        <Box sx={{ fontSize: 12, color: "text.secondary", ...ELLIPSIS }}>{details.join(" · ")}</Box>
      </Box>
      {entry.state !== "restored" && (
        <Reason why={disabled ? BUSY : null}>
          <Button
            size="small"
            color="secondary"
            variant="outlined"
            startIcon={UNDO}
            disabled={disabled}
            onClick={onRestore}
            data-cy="restore"
            sx={{ flex: "none", textTransform: "none" }}
          >
            Undo
          </Button>
        </Reason>
      )}
    </Box>
  );
}

const UNDO = <Undo />;
