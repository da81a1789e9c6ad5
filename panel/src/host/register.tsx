import * as plugins from "@fiftyone/plugins";
import * as React from "react";
import type { Host } from "./host";
import { type PanelProps, useAppHost } from "./useAppHost";

/** Registers a component with the App, under the name that the Python panel refers to. */
export function register(name: string, Panel: React.ComponentType<{ host: Host }>): void {
  // the App renders this again more often than the host changes
  const Memoized = React.memo(Panel);
  function InApp(props: PanelProps) {
    return <Memoized host={useAppHost(props)} />;
  }
  plugins.registerComponent({
    name,
    label: name,
    component: InApp,
    type: plugins.PluginComponentType.Component,
    activator: () => true,
  });
}
