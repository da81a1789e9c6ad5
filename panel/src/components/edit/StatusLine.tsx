import { Box, Button } from "@mui/material";
import * as React from "react";
import type { WriteName, Writer } from "../../actions/useWriting";
import type { Run } from "../../protocol/messages";
import type { Message } from "../../state/message";
import { BUSY, Reason } from "../widgets/Reason";
import { RunProgress, type RunWords } from "../widgets/RunProgress";

const WORDS: Readonly<Record<WriteName, RunWords>> = {
  tag: { doing: "Tagging", noun: "tagging", cancelled: "" },
  untag: { doing: "Untagging", noun: "untagging", cancelled: "" },
  delete: { doing: "Deleting", noun: "deletion", cancelled: "" },
  restore: { doing: "Restoring", noun: "undo", cancelled: "" },
};

interface Props {
  readonly writer: Writer;
  readonly run: Run | null;
  readonly message: Message | null;
  readonly busy: boolean;
  readonly onCancel: () => void;
  readonly onDismiss: () => void;
  readonly children?: React.ReactNode;
}

/** The place of a running scan, and of what the last action did, with the way back. It keeps its height when empty. */
export function StatusLine({ writer, run, message, busy, onCancel, onDismiss, children }: Props) {
  const { writing, cancel } = writer;
  const words = writing !== null && (writing.canceling ? { ...WORDS[writing.name], doing: "Canceling" } : WORDS[writing.name]);
  return (
    <Box sx={{ display: "flex", alignItems: "center", gap: 1, minHeight: 36 }}>
      {words && writing?.run && <RunProgress run={writing.run} words={words} onCancel={cancel} onDismiss={onDismiss} />}
      {run !== null && run.state !== "failed" && <RunProgress run={run} onCancel={onCancel} onDismiss={onDismiss} />}
      {run === null && message !== null && (
        <Box data-cy="message" role="status" sx={{ flex: 1, minWidth: 0, display: "flex", alignItems: "center", gap: 0.5, fontSize: 13, lineHeight: 1.35, overflowWrap: "anywhere" }}>
          <span>{message.text}</span>
          {message.action !== null && (
            <Reason why={busy ? BUSY : null}>
              <Button size="small" color="primary" disabled={busy} onClick={message.action.run} data-cy="message-action" sx={{ flex: "none", minWidth: 0, textTransform: "none" }}>
                {message.action.label}
              </Button>
            </Reason>
          )}
        </Box>
      )}
      {children}
    </Box>
  );
}
