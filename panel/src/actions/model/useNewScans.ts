import * as React from "react";

const EVERY_MS = 15_000;

/** Looks now and then for scans that are stored elsewhere, while nothing else is being done. */
export function useNewScans(idle: boolean, list: () => Promise<void>): void {
  React.useEffect(() => {
    if (!idle) return;
    const timer = setInterval(() => void list(), EVERY_MS);
    return () => clearInterval(timer);
  }, [idle, list]);
}
