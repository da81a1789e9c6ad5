import { Box } from "@mui/material";
import * as React from "react";
import type { Actions } from "../../actions/actions";
import { binsOf, type Plot, plotOf } from "../../plot/plot";
import type { TableName } from "../../protocol/messages";
import { type Counted, countKey, type Cut, outcomeOf, type Recounts, storedNumbers } from "../../state/cut";
import type { Decision } from "../../state/decision";
import type { CountAxis } from "../../state/remembered";
import { countByClass, type Counts, labelsCurve, type Scan } from "../../state/scan";
import { GROUPS_AT_ONCE, type Tab, type Tabs, tabsOf } from "../../state/tabs";
import { measureOf } from "../../words/decision";
import { counted as countedText } from "../../words/format";
import { asText, sentenceAt } from "../../words/sentence";
import { ClassList } from "../classes/ClassList";
import { ClassPairsTab } from "../classPairs/ClassPairsTab";
import { DecisionControls } from "../decision/DecisionControls";
import { PlanDetails } from "../decision/PlanDetails";
import { GroupsTab } from "../groups/GroupsTab";
import { TracksTab } from "../tracks/TracksTab";
import { useColors } from "../widgets/theme";
import { ThresholdField } from "../widgets/ThresholdField";
import { Counting } from "./Counting";
import type { ExportKind } from "./ExportMenu";
import { Histogram } from "./Histogram";
import { HistogramTop } from "./HistogramTop";
import { Sentence } from "./Sentence";
import { TabBar } from "./TabBar";
import { ThresholdControl } from "./ThresholdControl";

interface Props {
  readonly scan: Scan;
  readonly cut: Cut;
  readonly counted: Counted | null;
  /** `null` while the server counts. */
  readonly counts: Counts | null;
  readonly recounts: Recounts;
  /** The progress of the count on the server, from 0 to 1. */
  readonly share: number;
  /** The available width, without padding. */
  readonly width: number;
  readonly tabs: Tabs;
  readonly busy: boolean;
  readonly actions: Actions;
}

/** From this width on, the lists are beside the histogram. */
const TWO_COLUMNS = 868;
const GAP = 32;
const MARGINS = { top: 14, right: 40, bottom: 24, left: 40 };

/** Everything that changes with the threshold, except the buttons. */
export function CutBand({ scan, cut, counted, counts, recounts, share, tabs, width, busy, actions }: Props) {
  const colors = useColors();
  const { threshold, settled, method, keep, metric, axis, restriction } = cut;
  const measure = measureOf(scan.summary, metric);
  const beside = width >= TWO_COLUMNS;
  const offered = React.useMemo(() => tabsOf(scan), [scan]);
  const tab = offered.includes(tabs.tab) ? tabs.tab : "classes";
  const plotWidth = Math.max(240, beside ? Math.floor((width - GAP) * 0.56) : width);

  const listWidth = beside ? width - GAP - plotWidth : width;

  const frame = React.useMemo(() => ({ width: plotWidth, height: beside ? 220 : 170, margins: MARGINS }), [plotWidth, beside]);
  const bins = React.useMemo(() => binsOf(scan, counts), [scan, counts]);
  const plot = React.useMemo(
    () => plotOf(scan, counts, counts === null ? [] : labelsCurve(scan, counts, restriction), axis, frame),
    [scan, counts, restriction, axis, frame],
  );
  const outcome = outcomeOf(scan, cut, counts, counted);
  const settledByClass = React.useMemo(() => (counts === null ? null : countByClass(scan, counts, settled)), [scan, counts, settled]);
  const sentence = outcome.numbers === null ? null : sentenceAt(scan, cut, outcome.numbers);
  const spoken = threshold === settled && sentence !== null ? asText(sentence) : "";

  const onChange = React.useCallback(
    (next: number, done: boolean) => actions.changeCut(done ? { threshold: next, settled: next } : { threshold: next }),
    [actions],
  );
  const decision = React.useMemo(() => ({ method, keep, metric }), [method, keep, metric]);
  const known = React.useMemo(() => storedNumbers(scan, decision, recounts, settled, restriction), [scan, decision, recounts, settled, restriction]);
  const onDecision = React.useCallback((change: Partial<Decision>) => actions.changeCut(change), [actions]);
  const onAxis = React.useCallback((next: CountAxis) => actions.changeCut({ axis: next }), [actions]);
  const onTab = React.useCallback((tab: Tab) => actions.changeTabs({ tab }), [actions]);
  const onExport = React.useCallback((kind: ExportKind) => exported(kind, actions, colors), [actions, colors]);

  return (
    <div style={{ display: "grid", gridTemplateColumns: beside ? `${plotWidth}px 1fr` : "minmax(0, 1fr)", gap: `16px ${GAP}px` }}>
      <div style={{ minWidth: 0 }}>
        <HistogramTop measure={measure} axis={axis} busy={busy} onAxis={onAxis} onExport={onExport} />
        <Histogram metric={metric} measure={measure} plot={plot} bins={bins} threshold={threshold} colors={colors} onChange={onChange} />
        <ThresholdControl measure={measure} threshold={threshold} inset={MARGINS} onChange={onChange} />
        <Legend plot={plot} />
        <div style={{ marginTop: 12 }}>
          <Sentence sentence={sentence} waiting={<Counting counting={counts === null} share={share} />} settled={spoken}>
            <ThresholdField threshold={threshold} onChange={onChange} />
          </Sentence>
        </div>
        <div style={{ marginTop: 16 }}>
          <DecisionControls decision={decision} measure={scan.summary.measure} labels={known} twoFields={scan.summary.params.other_field !== null} width={plotWidth} onChange={onDecision} />
          <PlanDetails planKey={countKey(scan, cut, settled)} unit={scan.summary.unit} load={actions.planDetails} />
        </div>
      </div>
      <div style={{ minWidth: 0 }}>
        <TabBar tab={tab} tabs={offered} onTab={onTab} />
        {tab === "classes" && (
          <ClassList
            scan={scan}
            byClass={outcome.byClass}
            settled={settledByClass}
            restriction={restriction}
            rows={beside ? 12 : 8}
            onToggle={actions.toggleClass}
            onClear={actions.clearRestriction}
          />
        )}
        {tab === "pairs" && (
          <ClassPairsTab scan={scan} metric={metric} threshold={threshold} settled={settled} restriction={restriction} width={listWidth} busy={busy} actions={actions} />
        )}
        {tab === "groups" && <GroupsTab planKey={countKey(scan, cut, settled)} tabs={tabs} atOnce={GROUPS_AT_ONCE} busy={busy} actions={actions} />}
        {tab === "tracks" && (
          <TracksTab summary={scan.summary} threshold={settled} metric={metric} restriction={restriction} minFrames={tabs.minFrames} actions={actions} />
        )}
      </div>
    </div>
  );
}

function exported(kind: ExportKind, actions: Actions, colors: ReturnType<typeof useColors>): void {
  if (kind === "svg") actions.exportSvg(colors);
  else if (kind === "png") void actions.exportPng(colors);
  else if (kind === "html") void actions.exportReport();
  else {
    const [what, format] = kind.split("-") as [TableName, "csv" | "json"];
    void actions.exportTable(what, format);
  }
}

const Legend = React.memo(function Legend({ plot }: { plot: Plot }) {
  return (
    <Box sx={{ fontSize: 12, color: "text.secondary", textAlign: "center", textWrap: "balance" }}>
      bars: labels · line: labels that would be removed{plot.curveTicks.length > 0 && " (right axis)"}
      {plot.below > 0 && ` · ${countedText(plot.below, "label")} below 0.05 not drawn`}
    </Box>
  );
});
