import * as React from "react";
import { HIDDEN } from "./theme";

interface Props {
  /** Why the button inside is disabled; `null` if it is not. */
  readonly why: string | null;
  readonly children: React.ReactNode;
}

/** Around a button: shows why it is disabled. A disabled button itself gets no pointer events. */
export function Reason({ why, children }: Props) {
  return (
    <span title={why ?? undefined} style={{ display: "inline-flex", position: "relative" }}>
      {children}
      {why !== null && <span style={HIDDEN}>{why}</span>}
    </span>
  );
}
