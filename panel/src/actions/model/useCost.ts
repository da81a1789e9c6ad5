import * as React from "react";
import { countKey, planAt } from "../../state/cut/cut";
import type { Event, Model } from "../../state/model";
import type { Ask } from "../useAsk";

/** The slider rests this long before the server is asked: it reads every pair. */
const RESTS_MS = 400;

/** Requests what the plan at the settled threshold is expected to cost. */
export function useCost(model: Model, ask: Ask, dispatch: React.Dispatch<Event>): void {
  const { scan, cut, cost, busy, review } = model;
  const key = scan !== null && cut !== null && cut.threshold === cut.settled && busy === null && !review.open ? countKey(scan, cut, cut.settled) : "";
  const missing = key !== "" && cost?.key !== key;
  React.useEffect(() => {
    if (!missing || scan === null || cut === null) return;
    let late = false;
    const timer = setTimeout(
      () =>
        void ask("count_cost", planAt(scan, cut)).then((answer) => {
          if (answer !== null && !late) dispatch({ type: "cost", key, answer });
        }),
      RESTS_MS,
    );
    return () => {
      late = true;
      clearTimeout(timer);
    };
    // The key stands for scan and cut.
  }, [missing, key, ask, dispatch]);
}
