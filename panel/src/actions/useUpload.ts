import * as React from "react";
import type { Host } from "../host/host";
import type { Failure, Run } from "../protocol/messages";
import { isUnderWay } from "../state/run";
import type { Selected, SendOptions } from "../state/sendForm";
import { sentText } from "../words/cvat/trips";
import type { Actions } from "./actions";
import type { CvatActions } from "./cvat";
import { type RunEvent, useRun } from "./useRun";

export interface Upload {
  readonly run: Run | null;
  readonly failure: Failure | null;
  readonly underWay: boolean;
  /** Returns why the upload did not begin, for example because the labels have changed; `null` if it began. */
  readonly start: (selected: Selected, options: SendOptions, expected: number) => Promise<Failure | null>;
  /** Follows an upload that began before the page was loaded. */
  readonly follow: (runId: string) => void;
  readonly cancel: () => void;
  readonly dismiss: () => void;
}

interface State {
  readonly run: Run | null;
  readonly failure: Failure | null;
}

const STARTED = { state: "running", background: false, unit: "image", done: 0, total: 0, waiting: 0, waits: null, scan_key: null, error: null } as const;
const NOTHING: State = { run: null, failure: null };

/** An upload to CVAT, which continues while the rest of the panel is used. */
export function useUpload(host: Host, actions: Pick<Actions, keyof CvatActions | "say">, onShow: () => void): Upload {
  const [{ run, failure }, setState] = React.useState(NOTHING);
  const take = React.useCallback((event: RunEvent) => {
    setState((old) => (event.type === "run" ? { ...old, run: event.run } : { ...old, failure: event.failure }));
  }, []);
  const onDone = React.useCallback(
    async ({ run_id }: Run) => {
      // The server may have accepted fewer labels than were offered.
      const reply = await actions.listTrips();
      const trip = reply.ok ? reply.answer.trips.find((one) => one.run_id === run_id) : undefined;
      actions.say(`${trip === undefined ? "Sent to CVAT" : sentText(trip)}. No label was changed here.`, { label: "Show", run: onShow });
    },
    [actions, onShow],
  );
  useRun(host, run, take, onDone);

  const start = React.useCallback(
    async (selected: Selected, options: SendOptions, expected: number) => {
      const reply = await actions.sendToCvat(selected, options, expected);
      if (!reply.ok) return reply.error;
      setState({ run: reply.answer.run, failure: null });
      return null;
    },
    [actions],
  );
  const follow = React.useCallback((runId: string) => {
    setState((old) => (isUnderWay(old.run) ? old : { run: { ...STARTED, run_id: runId }, failure: null }));
  }, []);
  const cancel = React.useCallback(() => {
    if (run === null) return;
    void actions.cancelUpload(run.run_id).then((reply) => take(reply.ok ? { type: "run", run: reply.answer.run } : { type: "failed", failure: reply.error }));
  }, [actions, run, take]);
  const dismiss = React.useCallback(() => setState(NOTHING), []);
  return { run, failure, underWay: isUnderWay(run), start, follow, cancel, dismiss };
}
