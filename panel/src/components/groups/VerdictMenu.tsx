import { Box, Button, Popover, Skeleton } from "@mui/material";
import * as React from "react";
import type { Actions } from "../../actions/actions";
import type { AnswerOf, Verdict } from "../../protocol/messages";
import { classLabel } from "../../words/classes";
import { ago, grouped } from "../../words/format";
import { ChevronDown } from "../widgets/icons";
import { BUSY, Reason } from "../widgets/Reason";
import { ELLIPSIS, ground } from "../widgets/theme";

interface Props {
  readonly total: number;
  readonly busy: boolean;
  readonly onChanged: () => void;
  readonly actions: Actions;
}

/** The pairs of labels with the verdict "real". Each verdict can be deleted. */
export function VerdictMenu({ total, busy, onChanged, actions }: Props) {
  const [anchor, setAnchor] = React.useState<HTMLElement | null>(null);
  const [found, setFound] = React.useState<AnswerOf<"list_verdicts"> | null>(null);
  const close = () => setAnchor(null);

  function open(event: React.MouseEvent<HTMLElement>) {
    setAnchor(event.currentTarget);
    setFound(null);
    void actions.listVerdicts().then((answer) => (answer === null ? close() : setFound(answer)));
  }
  function forget(labelIds: readonly string[] | null) {
    close();
    void actions.forgetVerdicts(labelIds).then((done) => done && onChanged());
  }

  return (
    <>
      <Button size="small" color="secondary" endIcon={<ChevronDown />} aria-haspopup="dialog" aria-expanded={anchor !== null} onClick={open} data-cy="verdicts" sx={{ py: 0, textTransform: "none" }}>
        {grouped(total)} marked as real
      </Button>
      <Popover open={anchor !== null} anchorEl={anchor} onClose={close} anchorOrigin={{ vertical: "bottom", horizontal: "right" }} transformOrigin={{ vertical: "top", horizontal: "right" }} PaperProps={{ sx: ground }}>
        <Box role="dialog" aria-label="Pairs marked as real" tabIndex={0} sx={{ width: 340, maxWidth: "90vw", maxHeight: 340, overflow: "auto", p: 1, fontSize: 13 }}>
          {found === null && <Skeleton variant="rectangular" height={64} sx={{ borderRadius: 1 }} />}
          {found !== null && (
            <>
              <Box component="ul" sx={{ m: 0, p: 0, listStyle: "none" }}>
                {found.verdicts.map((verdict) => (
                  <Row key={verdict.label_ids.join()} verdict={verdict} busy={busy} onForget={() => forget(verdict.label_ids)} onOpen={() => openPair(verdict)} />
                ))}
              </Box>
              {found.total > found.verdicts.length && <Box sx={{ p: 0.5, fontSize: 12, color: "text.secondary" }}>and {grouped(found.total - found.verdicts.length)} older ones</Box>}
              <Reason why={busy ? BUSY : null}>
                <Button size="small" color="secondary" disabled={busy} onClick={() => forget(null)} data-cy="forget-all" sx={{ textTransform: "none" }}>
                  Delete all {grouped(found.total)} verdicts
                </Button>
              </Reason>
            </>
          )}
        </Box>
      </Popover>
    </>
  );

  function openPair({ sample_id, label_ids }: Verdict) {
    close();
    if (sample_id !== null) void actions.showGroup(sample_id, label_ids);
  }
}

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
