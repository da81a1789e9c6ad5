import * as React from "react";

/** The time, kept up to date once a minute; a new scan is seen at once. */
export function useNow(anew: unknown): number {
  const [now, setNow] = React.useState(() => Date.now());
  React.useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 60_000);
    return () => clearInterval(timer);
  }, [anew]);
  return now;
}
