import * as React from "react";
import type { Event, Model } from "../../state/model";

/** The waits between the requests that repeat a failed one, before the user is left to repeat it. */
const WAITS_MS = [1_000, 5_000, 20_000, 60_000];

/** Repeats requests without whose answers buttons stay disabled. `version` changes with each repetition. */
export function useAgain(missing: boolean, failure: Model["failure"], dispatch: React.Dispatch<Event>): { version: number; again: () => void } {
  const [version, setVersion] = React.useState(0);
  const repeated = React.useRef(0);
  const timer = React.useRef<ReturnType<typeof setTimeout>>();
  const again = React.useCallback(() => {
    clearTimeout(timer.current);
    dispatch({ type: "failed", failure: null });
    setVersion((old) => old + 1);
  }, [dispatch]);

  React.useEffect(() => {
    const wait = WAITS_MS[repeated.current];
    if (failure === null || !missing || wait === undefined) return;
    clearTimeout(timer.current);
    // also if the user dismisses the error meanwhile
    timer.current = setTimeout(() => {
      repeated.current += 1;
      again();
    }, wait);
  }, [failure, missing, again]);
  React.useEffect(() => {
    if (missing) return;
    repeated.current = 0;
    clearTimeout(timer.current);
  }, [missing]);
  React.useEffect(() => () => clearTimeout(timer.current), []);
  return { version, again };
}
