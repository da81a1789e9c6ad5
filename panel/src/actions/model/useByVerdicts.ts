import * as React from "react";
import { verdictsKey } from "../../state/current";
import type { Event, Model } from "../../state/model";
import type { Actions } from "../actions";

/** Counts how many labels of the plan verdicts remove, again whenever another scan or class is shown. Review itself follows each verdict. */
export function useByVerdicts(model: Model, actions: Actions, dispatch: React.Dispatch<Event>): void {
  const key = model.busy === null && model.freshness !== null ? verdictsKey(model) : "";
  React.useEffect(() => {
    if (key === "") return;
    let late = false;
    void actions.countByVerdicts().then((labels) => {
      if (labels !== null && !late) dispatch({ type: "judged", key, labels });
    });
    return () => {
      late = true;
    };
    // The key stands for what is counted.
  }, [key, actions, dispatch]);
}
