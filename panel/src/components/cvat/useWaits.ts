import * as React from "react";

const EVERY_MS = 1000;

/** The reason why a run waits, polled while it is active; `null` if it does not wait. */
export function useWaits(active: boolean, ask: () => Promise<string | null>): string | null {
  const [waits, setWaits] = React.useState<string | null>(null);
  const latest = React.useRef(ask);
  latest.current = ask;
  React.useEffect(() => {
    if (!active) return;
    let late = false;
    const timer = setInterval(() => void latest.current().then((words) => !late && setWaits(words)), EVERY_MS);
    return () => {
      late = true;
      clearInterval(timer);
      setWaits(null);
    };
  }, [active]);
  return waits;
}
