import * as React from "react";
import { HIDDEN } from "./theme";

export const BUSY = "Wait until the current action has finished.";
export const SCANNING = "Wait until the scan has finished.";

interface Props {
  /** The reason why the button inside is disabled; `null` if it is not. */
  readonly why: string | null;
  /** Whether it has the whole width. */
  readonly wide?: boolean;
  readonly children: React.ReactNode;
}

/** Around a button: shows why it is disabled. A disabled button itself gets no pointer events. */
export function Reason({ why, wide = false, children }: Props) {
  return (
    <span title={why ?? undefined} style={{ display: wide ? "flex" : "inline-flex", position: "relative" }}>
      {children}
      {why !== null && <span style={HIDDEN}>{why}</span>}
    </span>
  );
}
