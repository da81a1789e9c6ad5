import * as React from "react";

/** The current time, updated every minute and whenever `trigger` changes. */
export function useNow(trigger: unknown): number {
  const [now, setNow] = React.useState(() => Date.now());
  React.useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 60_000);
    return () => clearInterval(timer);
  }, [trigger]);
  return now;
}
