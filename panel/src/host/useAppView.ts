import * as fos from "@fiftyone/state";
import * as React from "react";
import { useRecoilValue, useSetRecoilState } from "recoil";

/** The App empties the filters some time after it shows a new view. */
const SETTLES_MS = 800;

/** Sets the filters of the sidebar after the next change of the view, or soon if the view does not change. */
export function useFilters(stages: readonly unknown[]): (filters: Record<string, unknown>) => void {
  const set = useSetRecoilState(fos.filters);
  const pending = React.useRef<Record<string, unknown> | null>(null);
  const [version, setVersion] = React.useState(0);
  React.useEffect(() => {
    if (pending.current === null) return;
    const timer = setTimeout(() => {
      if (pending.current !== null) set(pending.current);
      pending.current = null;
    }, SETTLES_MS);
    return () => clearTimeout(timer);
  }, [stages, version, set]);
  return React.useCallback((filters) => {
    if (Object.keys(filters).length === 0) return;
    pending.current = filters;
    setVersion((old) => old + 1);
  }, []);
}

/** Returns what registers a callback for the time when the open sample is closed. Versions without the atom never call it. */
export function useModal(): (callback: () => void) => void {
  const isOpen = useRecoilValue(fos.isModalActive);
  const waiting = React.useRef<(() => void) | null>(null);
  const wasOpen = React.useRef(false);
  React.useEffect(() => {
    if (wasOpen.current && !isOpen) {
      waiting.current?.();
      waiting.current = null;
    }
    wasOpen.current = isOpen;
  }, [isOpen]);
  return React.useCallback((callback) => {
    waiting.current = callback;
  }, []);
}
