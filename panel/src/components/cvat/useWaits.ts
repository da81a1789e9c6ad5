import * as React from "react";

const EVERY_MS = 1000;

/** What a run waits for, polled while it is active; `null` for nothing. */
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
