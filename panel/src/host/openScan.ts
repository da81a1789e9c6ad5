/** The App's operator that opens the panel on a stored scan, whether or not the panel is already open. */
import * as operators from "@fiftyone/operators";
import * as React from "react";

let requested: { readonly scanKey: string } | null = null;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The scan that was asked for last; a new object for each request. */
export function useRequestedScan(): { readonly scanKey: string } | null {
  return React.useSyncExternalStore(subscribe, () => requested);
}

class OpenScan extends operators.Operator {
  override get config(): operators.OperatorConfig {
    return new operators.OperatorConfig({ name: "open_scan", label: "Open the panel on a scan", unlisted: true });
  }

  override async execute({ params }: { params: { scan_key?: unknown } }): Promise<void> {
    if (typeof params.scan_key !== "string") return;
    const scanKey = params.scan_key;
    // a panel that is opened now reads its state; an open one listens
    await operators.executeOperator("open_panel", { name: "duplicates_panel", isActive: true, layout: "horizontal", state: { state: { scan_key: scanKey } } });
    requested = { scanKey };
    for (const listener of listeners) listener();
  }
}

export function registerOpenScan(): void {
  operators.registerOperator(OpenScan, "@iou/duplicates");
}
