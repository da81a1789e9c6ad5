import * as React from "react";
import type { Host } from "../host/host";
import type { Run } from "../protocol/messages";
import type { Event } from "../state/model";
import { isUnderWay } from "../state/run";

const EVERY_MS = 400;
const EVERY_MS_IN_BACKGROUND = 1500;
/** A busy server can miss a poll; after this many misses in a row it is considered gone. */
const MISSES = 4;

export type RunEvent = Extract<Event, { type: "run" | "failed" }>;

/** Polls a run in progress, and calls `onDone` when it is done. */
export function useRun(host: Host, run: Run | null, dispatch: (event: RunEvent) => void, onDone: (run: Run) => void): void {
  const latest = React.useRef({ host, onDone });
  latest.current = { host, onDone };
  const id = run?.run_id ?? null;
  const underWay = isUnderWay(run);
  const background = run?.background ?? false;

  React.useEffect(() => {
    if (id === null || !underWay) return;
    let stopped = false;
    let misses = 0;
    let polls = 0;
    let timer: ReturnType<typeof setTimeout>;

    async function poll(runId: string) {
      const reply = await latest.current.host.ask("poll_run", { run_id: runId }, ++polls);
      if (stopped) return;
      if (reply.ok) {
        misses = 0;
        const { run: now } = reply.answer;
        dispatch({ type: "run", run: now.state === "done" ? null : now });
        if (now.state === "done") return latest.current.onDone(now);
      } else if (++misses >= MISSES) {
        dispatch({ type: "run", run: null });
        return dispatch({ type: "failed", failure: reply.error });
      }
      wait();
    }
    function wait() {
      timer = setTimeout(() => void poll(id as string), background ? EVERY_MS_IN_BACKGROUND : EVERY_MS);
    }
    wait();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [id, underWay, background, dispatch]);
}
