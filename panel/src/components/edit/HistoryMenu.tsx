import { Box, Button, Skeleton } from "@mui/material";
import * as React from "react";
import type { AnswerOf, JournalEntry } from "../../protocol/messages";
import { ago, grouped } from "../../words/format";
import { entryTitle, firstText, stateText } from "../../words/history";
import { Undo } from "../widgets/icons";
import { MenuButton } from "../widgets/MenuButton";
import { BUSY, Reason } from "../widgets/Reason";

type History = AnswerOf<"list_actions">;

interface Props {
  readonly disabled: boolean;
  readonly load: () => Promise<History | null>;
  readonly onRestore: (restoreKey: string) => void;
  readonly onExport: (format: "csv" | "json") => void;
}

/** The newest writes to the dataset; each can be undone. */
export const HistoryMenu = React.memo(function HistoryMenu({ disabled, load, onRestore, onExport }: Props) {
  const [history, setHistory] = React.useState<History | null>(null);

  function open(close: () => void) {
    setHistory(null);
    void load().then((found) => (found === null ? close() : setHistory(found)));
  }

  return (
    <MenuButton label="History" title="History" at="above" cy="history" sx={{ ml: "auto" }} inside={{ width: 340, maxHeight: 320, overflow: "auto", p: 1 }} scrolls onOpen={open}>
      {(close) =>
        history === null ? (
          <Skeleton variant="rectangular" height={64} sx={{ borderRadius: 1 }} />
        ) : (
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
        )
      }
    </MenuButton>
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
          <Entry key={entry.restore_key} entry={entry} why={disabled ? BUSY : firstText(entry, actions)} onRestore={() => onRestore(entry.restore_key)} />
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

interface EntryProps {
  readonly entry: JournalEntry;
  /** The reason why it cannot be undone now; `null` if it can. */
  readonly why: string | null;
  readonly onRestore: () => void;
}

function Entry({ entry, why, onRestore }: EntryProps) {
  const title = entryTitle(entry);
  const details = [entry.field, ago(entry.created_at, Date.now()), stateText(entry)].filter((part) => part !== "");
  return (
    <Box component="li" data-cy="history-entry" sx={{ display: "flex", alignItems: "center", gap: 1, px: 0.5, py: 0.5 }}>
      <Box sx={{ flex: 1, minWidth: 0 }}>
        <Box sx={{ fontSize: 13, lineHeight: 1.4, overflowWrap: "anywhere" }}>{title}</Box>
        <Box sx={{ fontSize: 12, lineHeight: 1.4, color: "text.secondary", overflowWrap: "anywhere" }}>{details.join(" · ")}</Box>
      </Box>
      {entry.state !== "restored" && (
        <Reason why={why}>
          <Button
            size="small"
            color="secondary"
            variant="outlined"
            startIcon={UNDO}
            disabled={why !== null}
            onClick={onRestore}
            data-cy="restore"
            sx={{ flex: "none", textTransform: "none", borderColor: "text.disabled" }}
          >
            Undo
          </Button>
        </Reason>
      )}
    </Box>
  );
}

const UNDO = <Undo />;
