import { styled } from "@mui/material";
import * as React from "react";
import type { Tab } from "../../state/scan/tabs";
import { PADDING } from "../widgets/Ground";
import { groundColor } from "../widgets/theme";

export const TABS_HEIGHT = 35;

interface Props {
  readonly tab: Tab;
  readonly tabs: readonly Tab[];
  readonly labels: Readonly<Record<Tab, string>>;
  readonly onTab: (tab: Tab) => void;
}

const Bar = styled("div")(({ theme: { palette } }) => ({
  position: "sticky",
  top: "var(--folded, 0px)",
  bottom: 0,
  zIndex: 1,
  flex: "none",
  height: TABS_HEIGHT,
  padding: `0 ${PADDING}px`,
  background: groundColor(palette),
  display: "flex",
  gap: 16,
  borderTop: `1px solid ${palette.divider}`,
  borderBottom: `1px solid ${palette.divider}`,
  "& button": { padding: "6px 0 6px", border: 0, borderBottom: "2px solid transparent", marginBottom: -1, background: "none", font: "inherit", fontSize: 13, fontWeight: 600, whiteSpace: "nowrap", color: palette.text.secondary, cursor: "pointer" },
  '& button[aria-selected="true"]': { color: palette.text.primary, borderColor: palette.primary.main },
  "& button:hover": { color: palette.text.primary },
}));

/** The lists of a scan, in sight wherever the column is scrolled; arrow keys move from one to the next. */
export const TabBar = React.memo(function TabBar({ tab, tabs, labels, onTab }: Props) {
  function onKeyDown(event: React.KeyboardEvent<HTMLElement>) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = step === undefined ? undefined : tabs[tabs.indexOf(tab) + step];
    if (next === undefined) return;
    event.preventDefault();
    onTab(next);
    event.currentTarget.querySelector<HTMLElement>(`[data-cy="tab-${next}"]`)?.focus();
  }
  return (
    <Bar role="tablist" aria-label="Lists" onKeyDown={onKeyDown}>
      {tabs.map((value) => (
        <button key={value} type="button" role="tab" aria-selected={value === tab} tabIndex={value === tab ? 0 : -1} onClick={() => onTab(value)} data-cy={`tab-${value}`}>
          {labels[value]}
        </button>
      ))}
    </Bar>
  );
});
