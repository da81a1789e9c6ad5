import { Box, Button, Skeleton } from "@mui/material";
import * as React from "react";
import type { Actions } from "../../actions/actions";
import type { AnswerOf, Verdict } from "../../protocol/messages";
import { classLabel } from "../../words/classes";
import { ago, grouped } from "../../words/format";
import { MenuButton } from "../widgets/MenuButton";
import { BUSY, Reason } from "../widgets/Reason";
import { ELLIPSIS } from "../widgets/theme";

interface Props {
  readonly total: number;
  readonly busy: boolean;
  readonly onChanged: () => void;
  readonly actions: Actions;
}

/** The pairs of labels with the verdict "real". Each verdict can be deleted. */
export function VerdictMenu({ total, busy, onChanged, actions }: Props) {
  const [found, setFound] = React.useState<AnswerOf<"list_verdicts"> | null>(null);

  function open(close: () => void) {
    setFound(null);
    void actions.listVerdicts().then((answer) => (answer === null ? close() : setFound(answer)));
  }
  function forget(labelIds: readonly string[] | null, close: () => void) {
    close();
    void actions.forgetVerdicts(labelIds).then((done) => done && onChanged());
  }
  function openPair({ sample_id, label_ids }: Verdict, close: () => void) {
    close();
    if (sample_id !== null) void actions.showGroup(sample_id, label_ids);
  }

  return (
    <MenuButton label={`${grouped(total)} marked as real`} title="Pairs marked as real" at="below" cy="verdicts" sx={{ py: 0 }} inside={INSIDE} scrolls onOpen={open}>
      {(close) =>
        found === null ? (
          <Skeleton variant="rectangular" height={64} sx={{ borderRadius: 1 }} />
        ) : (
          <>
            <Box component="ul" sx={{ m: 0, p: 0, listStyle: "none" }}>
              {found.verdicts.map((verdict) => (
                <Row key={verdict.label_ids.join()} verdict={verdict} busy={busy} onForget={() => forget(verdict.label_ids, close)} onOpen={() => openPair(verdict, close)} />
              ))}
            </Box>
            {found.total > found.verdicts.length && <Box sx={{ p: 0.5, fontSize: 12, color: "text.secondary" }}>and {grouped(found.total - found.verdicts.length)} older ones</Box>}
            <Reason why={busy ? BUSY : null}>
              <Button size="small" color="secondary" disabled={busy} onClick={() => forget(null, close)} data-cy="forget-all" sx={{ textTransform: "none" }}>
                Delete all {grouped(found.total)} verdicts
              </Button>
            </Reason>
          </>
        )
      }
    </MenuButton>
  );
}

const INSIDE = { width: 340, maxHeight: 340, overflow: "auto", p: 1, fontSize: 13 };

function Row({ verdict, busy, onForget, onOpen }: { verdict: Verdict; busy: boolean; onForget: () => void; onOpen: () => void }) {
  const isDeleted = verdict.sample_id === null;
  return (
    <Box component="li" data-cy="verdict" sx={{ display: "flex", alignItems: "center", gap: 1, px: 0.5, py: 0.25 }}>
      <Box sx={{ flex: 1, minWidth: 0 }}>
        <Box sx={ELLIPSIS}>{isDeleted ? "deleted labels" : verdict.labels.map(classLabel).join(" and ")}</Box>
        <Box sx={{ fontSize: 12, color: "text.secondary" }}>{ago(verdict.created_at, Date.now())}</Box>
      </Box>
      {!isDeleted && (
        <Reason why={busy ? BUSY : null}>
          <Button size="small" color="secondary" disabled={busy} onClick={onOpen} sx={{ minWidth: 0, textTransform: "none" }}>
            Open
          </Button>
        </Reason>
      )}
      <Reason why={busy ? BUSY : null}>
        <Button size="small" color="secondary" variant="outlined" disabled={busy} onClick={onForget} data-cy="forget" sx={{ textTransform: "none" }}>
          Delete
        </Button>
      </Reason>
    </Box>
  );
}
