import * as React from "react";
import type { Host } from "../host/host";
import { type Actions, makeActions } from "./actions";
import { countKey, mustAsk, planAt } from "../state/cut";
import { countsIn, FIRST_MODEL, type Model, reduce, toStore } from "../state/model";
import { readStored, writeStored } from "../state/remembered";
import { isUnderWay } from "../state/runs";
import type { Run } from "../protocol/messages";
import { useAsk } from "./useAsk";
import { useNewScans } from "./useNewScans";
import { useRecount } from "./useRecount";
import { useRun } from "./useRun";

/** A view changes two or three times at once in the App. */
const SETTLE_MS = 300;

/** The panel's state, the questions it asks by itself, and what a person can do. */
export function useDuplicates(host: Host): { model: Model; actions: Actions } {
  const [model, dispatch] = React.useReducer(reduce, FIRST_MODEL);
  const ask = useAsk(host, dispatch);
  const modelRef = React.useRef(model);
  modelRef.current = model;
  const hostRef = React.useRef(host);
  hostRef.current = host;

  const actions = React.useMemo(
    () => makeActions({ ask, dispatch, model: () => modelRef.current, host: () => hostRef.current }),
    [ask],
  );

  React.useEffect(() => {
    void actions.start(readStored(hostRef.current.stored));
  }, [actions]);

  const onDone = React.useCallback(
    (run: Run) => {
      host.notify("The scan is done.", "success");
      void actions.finishRun(run);
    },
    [host, actions],
  );
  useRun(host, model.run, dispatch, onDone);

  const { scan, cut, counted } = model;
  useRecount(model, ask, dispatch);
  const asking = scan !== null && cut !== null && mustAsk(scan, cut, countsIn(model), counted);
  const key = scan !== null && cut !== null ? countKey(scan, cut, cut.settled) : "";
  React.useEffect(() => {
    if (!asking || scan === null || cut === null) return;
    void ask("count_labels", planAt(scan, cut)).then((answer) => {
      if (answer !== null) dispatch({ type: "counted", counted: { key, answer } });
    });
    // The key stands for scan and cut; asking again for an equal key would ask on every render.
  }, [asking, key, ask]);

  const scanKey = scan?.summary.scan_key ?? null;
  const { viewKey } = host;
  const ready = model.overview !== null;
  React.useEffect(() => {
    if (!ready) return;
    const timer = setTimeout(() => void actions.refresh(), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [ready, viewKey, scanKey, actions]);

  useNewScans(ready && !model.opening && model.busy === null && !isUnderWay(model.run), actions.listScans);

  const stored = toStore(model);
  const storedText = stored === null ? "" : JSON.stringify(writeStored(stored));
  React.useEffect(() => {
    if (storedText !== "") hostRef.current.store(JSON.parse(storedText));
  }, [storedText]);

  return { model, actions };
}
