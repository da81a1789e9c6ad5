import * as React from "react";
import type { Host } from "../../host/host";
import { settingsOf } from "../../state/current";
import type { Model } from "../../state/model";

const SETTLE_MS = 800;

/** Stores what the user set for the dataset, so that another browser begins with it. A failure is not shown: the panel works without. */
export function useSettings(model: Model, host: Host): void {
  const settings = settingsOf(model);
  const text = settings === null ? "" : JSON.stringify(settings);
  const scanKey = model.scan?.summary.scan_key ?? null;
  const known = React.useRef({ scanKey, text });
  const ask = React.useRef(host.ask);
  ask.current = host.ask;
  React.useEffect(() => {
    if (settings === null) return;
    // what a scan begins with is not set by the user
    const isFirst = known.current.scanKey !== scanKey;
    if (isFirst || known.current.text === text) {
      known.current = { scanKey, text };
      return;
    }
    const timer = setTimeout(() => {
      known.current = { scanKey, text };
      void ask.current("save_settings", { settings }, 0);
    }, SETTLE_MS);
    return () => clearTimeout(timer);
    // The text stands for the settings.
  }, [scanKey, text]);
}
