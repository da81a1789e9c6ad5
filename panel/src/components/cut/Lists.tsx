import { styled } from "@mui/material";
import * as React from "react";
import type { Actions } from "../../actions/actions";
import { countKey, outcomeOf } from "../../state/cut/cut";
import type { Opened } from "../../state/model";
import { countByClass, type Counts } from "../../state/scan/scan";
import { GROUPS_AT_ONCE, type Tab, tabsOf } from "../../state/scan/tabs";
import { ClassList } from "../classes/ClassList";
import { ClassPairsTab } from "../classPairs/ClassPairsTab";
import { GroupsTab } from "../groups/GroupsTab";
import { TracksTab } from "../tracks/TracksTab";
import { FOLDED, PADDING } from "../widgets/Ground";
import { TabBar, TABS_HEIGHT } from "./TabBar";

interface Props {
  readonly model: Opened;
  /** `null` while the server counts. */
  readonly counts: Counts | null;
  readonly isDraft: boolean;
  /** The available width, without padding. */
  readonly width: number;
  /** The classes that are listed at first. */
  readonly rows: number;
  readonly actions: Actions;
}

const LABELS: Readonly<Record<Tab, string>> = { classes: "By class", pairs: "By class pair", groups: "Groups", tracks: "Tracks" };

/** Without a box, so that the tabs also stick to the bottom of the column, while the lists are below it. */
const Section = styled("section")({ display: "contents" });
const List = styled("div")({ flex: "none", padding: `0 ${PADDING}px 12px` });

/** The height of a list that is to be in sight after a click on its tab. */
const IN_SIGHT = 100;

/** Scrolls to a list of which little or nothing is in sight. */
function reveal(list: HTMLElement) {
  const column = list.parentElement?.parentElement;
  if (!column) return;
  const [{ top }, visible] = [list.getBoundingClientRect(), column.getBoundingClientRect()];
  if (top > visible.bottom - IN_SIGHT) column.scrollTop += top - visible.top - FOLDED - TABS_HEIGHT;
}

/** The lists of a scan. The tabs remain in sight while a list is scrolled, and before. */
export function Lists({ model, counts, isDraft, width, rows, actions }: Props) {
  const { scan, cut, counted, tabs } = model;
  const { threshold, settled, metric, classwise, restriction } = cut;
  const offered = React.useMemo(() => tabsOf(scan), [scan]);
  const tab = offered.includes(tabs.tab) ? tabs.tab : "classes";
  const busy = model.busy !== null;
  const settledByClass = React.useMemo(() => (counts === null ? null : countByClass(scan, counts, settled)), [scan, counts, settled]);
  const list = React.useRef<HTMLDivElement>(null);
  const onTab = React.useCallback(
    (next: Tab) => {
      actions.changeTabs({ tab: next });
      requestAnimationFrame(() => list.current !== null && reveal(list.current));
    },
    [actions],
  );
  return (
    <Section aria-label="Lists">
      <TabBar tab={tab} tabs={offered} labels={LABELS} onTab={onTab} />
      <List ref={list} style={{ opacity: isDraft ? 0.55 : 1 }}>
        {tab === "classes" && (
          <ClassList
            scan={scan}
            byClass={outcomeOf(scan, cut, counts, counted).byClass}
            settled={settledByClass}
            restriction={restriction}
            rows={rows}
            onToggle={actions.toggleClass}
            onClear={actions.clearRestriction}
          />
        )}
        {tab === "pairs" && (
          <ClassPairsTab scan={scan} metric={metric} classwise={classwise} threshold={threshold} settled={settled} restriction={restriction} width={width} busy={busy} actions={actions} />
        )}
        {tab === "groups" && <GroupsTab planKey={countKey(scan, cut, settled)} measure={scan.summary.measure} tabs={tabs} atOnce={GROUPS_AT_ONCE} busy={busy} actions={actions} />}
        {tab === "tracks" && (
          <TracksTab summary={scan.summary} threshold={settled} metric={metric} classwise={classwise} restriction={restriction} minFrames={tabs.minFrames} actions={actions} />
        )}
      </List>
    </Section>
  );
}
