import { Box, Button, LinearProgress } from "@mui/material";
import * as React from "react";
import type { Run } from "../../protocol/messages";
import { counted, grouped } from "../../words/format";
import { ErrorBox } from "./ErrorBox";

export interface RunWords {
  readonly doing: string;
  readonly noun: string;
  readonly cancelled: string;
}

const SCAN: RunWords = { doing: "Scanning", noun: "scan", cancelled: "The scan was canceled. Nothing was changed." };

interface Props {
  readonly run: Run;
  readonly words?: RunWords;
  readonly onCancel: () => void;
  readonly onDismiss: () => void;
}

/** A worker starts a run within seconds; after this long, there is probably no worker. */
const PATIENCE_SECONDS = 10;

export function RunProgress({ run, words = SCAN, onCancel, onDismiss }: Props) {
  if (run.state === "failed") {
    const failure = run.error ?? { message: `The ${words.noun} failed.`, consequence: "Nothing was changed." };
    return <ErrorBox failure={failure} onDismiss={onDismiss} />;
  }
  if (run.state === "cancelled") {
    return (
      <Line message={words.cancelled}>
        <Button size="small" color="secondary" onClick={onDismiss}>
          Dismiss
        </Button>
      </Line>
    );
  }
  const known = run.state === "running" && run.total > 0;
  return (
    <Box data-cy="run" sx={{ flex: 1, minWidth: 0, position: "relative", pb: "4px" }}>
      <Line message={messageOf(run, words)}>
        <Button size="small" color="secondary" onClick={onCancel} data-cy="cancel-run">
          Cancel
        </Button>
      </Line>
      <LinearProgress
        aria-label={`Progress of the ${words.noun}`}
        variant={known ? "determinate" : "indeterminate"}
        value={known ? Math.min(100, (100 * run.done) / run.total) : 0}
        sx={{ position: "absolute", left: 0, right: 0, bottom: 0, height: 4, borderRadius: 1, bgcolor: "divider" }}
      />
      {run.state === "queued" && run.waiting > PATIENCE_SECONDS && (
        <Box sx={{ mb: 0.5, fontSize: 13, lineHeight: 1.6 }} data-cy="no-worker">
          No worker has started this run yet. Start one in a terminal, with the same database and plugins:{" "}
          <Box component="code" sx={{ px: 0.5, borderRadius: 0.5, bgcolor: "action.hover", userSelect: "all" }}>
            fiftyone delegated launch
          </Box>
        </Box>
      )}
    </Box>
  );
}

function Line({ message, children }: { message: string; children: React.ReactNode }) {
  return (
    <Box sx={{ display: "flex", alignItems: "center", justifyContent: "space-between", gap: 1, flex: 1, fontSize: 13, lineHeight: 1.3, minHeight: 32 }} role="status">
      <span>{message}</span>
      {children}
    </Box>
  );
}

function messageOf(run: Run, { doing }: RunWords): string {
  if (run.state === "queued") return "Waiting for a background worker";
  const where = run.background ? `${doing} in the background` : doing;
  return run.total === 0 ? `${where}…` : `${where}: ${grouped(run.done)} of ${counted(run.total, run.unit)}`;
}
