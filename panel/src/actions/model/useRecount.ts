import * as React from "react";
import { decisionKey, decisionOf } from "../../state/decision/decision";
import { countsIn, type Event, type Model } from "../../state/model";
import { countsFromAnswer } from "../../state/scan/scan";
import type { Ask } from "../useAsk";

/** Requests the counts of a decision that the scan does not hold, until the server has them. */
export function useRecount(model: Model, ask: Ask, dispatch: React.Dispatch<Event>): void {
  const { scan, cut } = model;
  const missing = scan !== null && cut !== null && countsIn(model) === null;
  const scanKey = scan?.summary.scan_key ?? "";
  const key = missing ? decisionKey(cut) : "";

  React.useEffect(() => {
    if (key === "" || cut === null) return;
    const request = { scan_key: scanKey, ...decisionOf(cut) };
    let stopped = false;
    async function poll() {
      dispatch({ type: "counting", share: 0 });
      while (!stopped) {
        const answer = await ask("recount", request);
        if (stopped) return;
        if (answer === null) return dispatch({ type: "uncountable" });
        if (answer.counts !== null) return dispatch({ type: "recounted", key, counts: countsFromAnswer(answer.counts) });
        dispatch({ type: "counting", share: answer.share });
      }
    }
    void poll();
    return () => {
      stopped = true;
    };
    // The key stands for the decision.
  }, [scanKey, key, ask, dispatch]);
}
