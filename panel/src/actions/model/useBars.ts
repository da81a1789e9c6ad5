import * as React from "react";
import { barsKey, barsOf, barsRequest } from "../../state/cut/cut";
import type { Event, Model } from "../../state/model";
import type { Ask } from "../useAsk";

/** Requests the bars of a restriction, a metric or a class rule that the scan does not hold. */
export function useBars({ scan, cut, bars }: Model, ask: Ask, dispatch: React.Dispatch<Event>): void {
  const missing = scan !== null && cut !== null && barsOf(scan, cut, bars) === null;
  const scanKey = scan?.summary.scan_key ?? "";
  const key = missing ? barsKey(cut) : "";
  React.useEffect(() => {
    if (key === "" || scan === null || cut === null) return;
    let stopped = false;
    void ask("count_bars", barsRequest(scan, cut)).then((answer) => {
      if (answer !== null && !stopped) dispatch({ type: "bars", key, counts: answer.counts });
    });
    return () => {
      stopped = true;
    };
    // The key stands for scan and cut.
  }, [scanKey, key, ask, dispatch]);
}
