import * as React from "react";
import type { Host } from "../host/host";
import type { Run } from "../protocol/messages";

const EVERY_MS = 400;

export type WriteName = "tag" | "untag" | "delete" | "restore";

/** A change of labels in progress. */
export interface Writing {
  readonly name: WriteName;
  readonly runId: string;
  /** As last polled; `null` before the first poll, so that a short change shows no progress. */
  readonly run: Run | null;
  readonly canceling: boolean;
}

export interface Writer {
  readonly writing: Writing | null;
  readonly follow: (name: WriteName, runId: string) => void;
  readonly ended: () => void;
  readonly cancel: () => void;
}

/** Polls a change of labels while its request is answered. The answer reports the outcome, also of a cancellation. */
export function useWriting(host: Host): Writer {
  const [writing, setWriting] = React.useState<Writing | null>(null);
  const hostRef = React.useRef(host);
  hostRef.current = host;
  const asked = React.useRef(0);
  const runId = writing?.runId ?? null;

  React.useEffect(() => {
    if (runId === null) return;
    const timer = setInterval(async () => {
      const reply = await hostRef.current.ask("poll_run", { run_id: runId }, ++asked.current);
      if (!reply.ok || reply.answer.run.state !== "running") return;
      const { run } = reply.answer;
      setWriting((old) => (old?.runId === runId ? { ...old, run } : old));
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [runId]);

  const follow = React.useCallback((name: WriteName, id: string) => setWriting({ name, runId: id, run: null, canceling: false }), []);
  const ended = React.useCallback(() => setWriting(null), []);
  const cancel = React.useCallback(() => {
    if (runId === null) return;
    setWriting((old) => (old === null ? old : { ...old, canceling: true }));
    void hostRef.current.ask("cancel_run", { run_id: runId }, ++asked.current);
  }, [runId]);
  return { writing, follow, ended, cancel };
}
