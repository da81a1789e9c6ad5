import * as React from "react";
import type { Host } from "../../host/host";
import type { Run } from "../../protocol/messages";
import { countKey, mustAsk, planAt } from "../../state/cut/cut";
import { toRemember } from "../../state/current";
import { countsIn, FIRST_MODEL, type Model, reduce } from "../../state/model";
import { isUnderWay } from "../../state/run";
import { NOTHING_REMEMBERED, readRemembered, writeRemembered } from "../../state/cut/remembered";
import { type Actions, makeActions } from "../actions";
import { tagOf } from "../edits";
import { useAsk } from "../useAsk";
import { useAgain } from "./useAgain";
import { useBars } from "./useBars";
import { useCost } from "./useCost";
import { useByVerdicts } from "./useByVerdicts";
import { useNewScans } from "./useNewScans";
import { useRecount } from "./useRecount";
import { useRun } from "../useRun";
import { useSettings } from "./useSettings";
import { useWriting, type Writer } from "../useWriting";

/** A change of the view in the App arrives as two or three changes in a row. */
const SETTLE_MS = 300;

/** Does something once changes have settled; returns what cancels it. */
function later(work: () => Promise<void>): () => void {
  const timer = setTimeout(() => void work(), SETTLE_MS);
  return () => clearTimeout(timer);
}

/** The state of the panel, the requests that it makes by itself, and the actions of the user. `again` repeats requests that failed. */
export function useDuplicates(host: Host): { model: Model; actions: Actions; writer: Writer; again: (() => void) | null } {
  const [model, dispatch] = React.useReducer(reduce, FIRST_MODEL);
  const ask = useAsk(host, dispatch);
  const modelRef = React.useRef(model);
  modelRef.current = model;
  const hostRef = React.useRef(host);
  hostRef.current = host;

  const writer = useWriting(host);
  const { follow, ended } = writer;
  const actions = React.useMemo(
    () => makeActions({ ask, dispatch, model: () => modelRef.current, host: () => hostRef.current, writer: { follow, ended } }),
    [ask, follow, ended],
  );

  React.useEffect(() => {
    void actions.start(readRemembered(hostRef.current.remembered));
  }, [actions]);

  const onDone = React.useCallback(
    (run: Run) => {
      void actions.finishRun(run);
    },
    [actions],
  );
  useRun(host, model.run, dispatch, onDone);

  const { scan, cut, counted } = model;
  useRecount(model, ask, dispatch);
  useBars(model, ask, dispatch);
  useByVerdicts(model, actions, dispatch);
  useCost(model, ask, dispatch);
  useSettings(model, host);
  const asking = scan !== null && cut !== null && mustAsk(scan, cut, countsIn(model), counted);
  const key = scan !== null && cut !== null ? countKey(scan, cut, cut.settled) : "";
  // also when the scan that is open is opened again
  const unknown = scan !== null && model.freshness === null;
  const { version, again } = useAgain(asking || unknown, model.failure, dispatch);
  React.useEffect(() => {
    if (!asking || scan === null || cut === null) return;
    void ask("count_labels", planAt(scan, cut)).then((answer) => {
      if (answer !== null) dispatch({ type: "counted", counted: { key, answer } });
    });
    // The key stands for scan and cut; asking again for an equal key would ask on every render.
  }, [asking, key, version, ask]);

  const tagged = model.freshness?.tagged ?? 0;
  const comparing = scan !== null && cut !== null && tagged > 0 && model.busy === null && model.tagState?.key !== key;
  React.useEffect(() => {
    if (!comparing || scan === null || cut === null) return;
    void ask("compare_tag", { ...planAt(scan, cut), tag: tagOf(modelRef.current) }).then((answer) => {
      if (answer !== null) dispatch({ type: "tagsCompared", tagState: { key, answer } });
    });
    // As above, the key stands for scan and cut.
  }, [comparing, key, tagged, ask]);

  const { viewKey } = host;
  const ready = model.overview !== null;
  const scanKey = scan?.summary.scan_key ?? null;
  React.useEffect(() => (ready && !unknown ? later(actions.refresh) : undefined), [ready, viewKey, actions]);
  React.useEffect(() => (unknown ? later(actions.refresh) : undefined), [unknown, scanKey, viewKey, version, actions]);

  const { requestedScan } = host;
  const first = React.useRef(requestedScan);
  React.useEffect(() => {
    if (requestedScan === null || requestedScan === first.current) return;
    void actions.start({ ...NOTHING_REMEMBERED, scanKey: requestedScan.scanKey });
  }, [requestedScan, actions]);

  useNewScans(ready && !model.opening && model.busy === null && !isUnderWay(model.run), actions.listScans);

  const remembered = toRemember(model);
  const rememberedText = remembered === null ? "" : JSON.stringify(writeRemembered(remembered));
  React.useEffect(() => {
    if (rememberedText !== "") hostRef.current.remember(JSON.parse(rememberedText));
  }, [rememberedText]);

  return { model, actions, writer, again: model.failure !== null && (asking || unknown) ? again : null };
}
