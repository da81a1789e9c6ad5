import * as fos from "@fiftyone/state";
import * as React from "react";
import { useRecoilValue, useSetRecoilState } from "recoil";
import { WaitingFilters } from "../state/waitingFilters";
import type { Host } from "./host";

/** Sets the filters of the sidebar as soon as the App shows their view. */
export function useFilters(stages: readonly unknown[]): Host["setFilters"] {
  const set = useSetRecoilState(fos.filters);
  const [waiting] = React.useState(() => new WaitingFilters());
  const shown = React.useRef(stages);
  React.useEffect(() => {
    shown.current = stages;
    const filters = waiting.take(stages, Date.now());
    if (filters !== null) set(filters);
  }, [stages, waiting, set]);
  return React.useCallback((filters, view) => waiting.wait(filters, view, shown.current, Date.now()), [waiting]);
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
