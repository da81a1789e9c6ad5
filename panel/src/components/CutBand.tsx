import { Box } from "@mui/material";
import * as React from "react";
import type { Actions } from "../actions";
import { type Counted, type Cut, outcomeOf } from "../state/model";
import { counted as countedText } from "../state/format";
import { binsOf, type CountAxis, type Plot, plotOf } from "../state/plot";
import { countByClass, labelsCurve, numbersAt, type Scan } from "../state/scan";
import { asText, sentenceAt } from "../state/sentence";
import type { Method } from "../types";
import { ClassList } from "./ClassList";
import type { ExportKind } from "./ExportMenu";
import { Histogram } from "./Histogram";
import { HistogramTop } from "./HistogramTop";
import { useColors } from "./look";
import { MethodChoice } from "./MethodChoice";
import { Sentence } from "./Sentence";
import { ThresholdControl } from "./ThresholdControl";
import { ThresholdField } from "./ThresholdField";

interface Props {
  readonly scan: Scan;
  readonly cut: Cut;
  readonly counted: Counted | null;
  /** The width to fill, without padding. */
  readonly width: number;
  readonly busy: boolean;
  readonly actions: Actions;
}

/** From this width on the classes stand beside the histogram. */
const TWO_COLUMNS = 868;
const GAP = 32;
const MARGINS = { top: 14, right: 40, bottom: 24, left: 40 };

/** Where to cut: everything that changes with the threshold, but the buttons. */
export function CutBand({ scan, cut, counted, width, busy, actions }: Props) {
  const colors = useColors();
  const { threshold, settled, method, axis, restriction } = cut;
  const beside = width >= TWO_COLUMNS;
  const plotWidth = Math.max(240, beside ? Math.floor((width - GAP) * 0.56) : width);

  const frame = React.useMemo(() => ({ width: plotWidth, height: beside ? 220 : 170, margins: MARGINS }), [plotWidth, beside]);
  const bins = React.useMemo(() => binsOf(scan), [scan]);
  const plot = React.useMemo(
    () => plotOf(scan, labelsCurve(scan, method, restriction), axis, frame),
    [scan, method, restriction, axis, frame],
  );
  const outcome = outcomeOf(scan, cut, counted);
  const settledByClass = React.useMemo(() => countByClass(scan, method, settled), [scan, method, settled]);
  const sentence = outcome.numbers === null ? null : sentenceAt(scan, threshold, restriction, outcome.numbers);
  const spoken = threshold === settled && sentence !== null ? asText(sentence) : "";

  const onChange = React.useCallback(
    (next: number, done: boolean) => actions.changeCut(done ? { threshold: next, settled: next } : { threshold: next }),
    [actions],
  );
  const onMethod = React.useCallback((next: Method) => actions.changeCut({ method: next }), [actions]);
  const onAxis = React.useCallback((next: CountAxis) => actions.changeCut({ axis: next }), [actions]);
  const onExport = React.useCallback((kind: ExportKind) => exported(kind, actions, colors), [actions, colors]);

  return (
    <div style={{ display: "grid", gridTemplateColumns: beside ? `${plotWidth}px 1fr` : "minmax(0, 1fr)", gap: `16px ${GAP}px` }}>
      <div style={{ minWidth: 0 }}>
        <HistogramTop axis={axis} busy={busy} onAxis={onAxis} onExport={onExport} />
        <Histogram plot={plot} bins={bins} threshold={threshold} colors={colors} onChange={onChange} />
        <ThresholdControl threshold={threshold} inset={MARGINS} onChange={onChange} />
        <Legend plot={plot} />
        <div style={{ marginTop: 12 }}>
          <Sentence sentence={sentence} settled={spoken}>
            <ThresholdField threshold={threshold} onChange={onChange} />
          </Sentence>
        </div>
        <div style={{ marginTop: 8 }}>
          <MethodChoice
            method={method}
            labels={{
              simple: numbersAt(scan, "simple", threshold, restriction)?.labels ?? (method === "simple" ? (outcome.numbers?.labels ?? null) : null),
              greedy: numbersAt(scan, "greedy", threshold, restriction)?.labels ?? (method === "greedy" ? (outcome.numbers?.labels ?? null) : null),
            }}
            onChange={onMethod}
          />
        </div>
      </div>
      <div style={{ minWidth: 0 }}>
        <ClassList
          scan={scan}
          byClass={outcome.byClass}
          settled={settledByClass}
          restriction={restriction}
          rows={beside ? 12 : 8}
          onToggle={actions.toggleClass}
          onClear={actions.clearRestriction}
        />
      </div>
    </div>
  );
}

function exported(kind: ExportKind, actions: Actions, colors: ReturnType<typeof useColors>): void {
  switch (kind) {
    case "svg":
      return actions.exportSvg(colors);
    case "png":
      return void actions.exportPng(colors);
    case "html":
      return void actions.exportReport();
    default:
      return void actions.exportPlan(kind);
  }
}

const Legend = React.memo(function Legend({ plot }: { plot: Plot }) {
  return (
    <Box sx={{ fontSize: 12, color: "text.secondary", textAlign: "center", textWrap: "balance" }}>
      bars: labels · line: labels that would go{plot.curveTicks.length > 0 && " (right axis)"}
      {plot.below > 0 && ` · ${countedText(plot.below, "label")} below 0.05 not drawn`}
    </Box>
  );
});
