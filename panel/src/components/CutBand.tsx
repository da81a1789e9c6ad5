import { Box, ToggleButton, ToggleButtonGroup } from "@mui/material";
import * as React from "react";
import type { Actions } from "../actions";
import { type Counted, type Cut, outcomeOf } from "../state/model";
import { counted as countedText } from "../state/format";
import { binsOf, type CountAxis, plotOf } from "../state/plot";
import { countByClass, labelsCurve, numbersAt, type Scan } from "../state/scan";
import { asText, sentenceAt } from "../state/sentence";
import type { ClassName } from "../types";
import { ClassList } from "./ClassList";
import { ExportMenu, type ExportKind } from "./ExportMenu";
import { Histogram } from "./Histogram";
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
  const onToggle = React.useCallback((name: ClassName) => actions.toggleClass(name), [actions]);
  const onExport = (kind: ExportKind) => exported(kind, actions, colors);

  return (
    <Box sx={{ display: "grid", gridTemplateColumns: beside ? `${plotWidth}px 1fr` : "minmax(0, 1fr)", columnGap: `${GAP}px`, rowGap: 2 }}>
      <Box sx={{ minWidth: 0 }}>
        <Box sx={{ display: "flex", alignItems: "center", gap: 0.5, mb: 0.5 }}>
          <Box component="h3" sx={{ m: 0, flex: 1, fontSize: 13, fontWeight: 600 }}>
            Largest IoU of each label
          </Box>
          <AxisChoice axis={axis} onChange={(next) => actions.changeCut({ axis: next })} />
          <ExportMenu disabled={busy} onExport={onExport} />
        </Box>
        <Histogram plot={plot} bins={bins} threshold={threshold} colors={colors} onChange={onChange} />
        <ThresholdControl threshold={threshold} inset={MARGINS} onChange={onChange} />
        <Box sx={{ fontSize: 12, color: "text.secondary", textAlign: "center", textWrap: "balance" }}>
          bars: labels · line: labels that would go{plot.curveTicks.length > 0 && " (right axis)"}{plot.below > 0 && ` · ${countedText(plot.below, "label")} below 0.05 not drawn`}
        </Box>
        <Box sx={{ mt: 1.5 }}>
          <Sentence sentence={sentence} settled={spoken}>
            <ThresholdField threshold={threshold} onChange={onChange} />
          </Sentence>
        </Box>
        <Box sx={{ mt: 1 }}>
          <MethodChoice
            method={method}
            labels={{
              simple: numbersAt(scan, "simple", threshold, restriction)?.labels ?? (method === "simple" ? (outcome.numbers?.labels ?? null) : null),
              greedy: numbersAt(scan, "greedy", threshold, restriction)?.labels ?? (method === "greedy" ? (outcome.numbers?.labels ?? null) : null),
            }}
            onChange={(next) => actions.changeCut({ method: next })}
          />
        </Box>
      </Box>
      <Box sx={{ minWidth: 0 }}>
        <ClassList
          scan={scan}
          byClass={outcome.byClass}
          settled={settledByClass}
          restriction={restriction}
          rows={beside ? 12 : 8}
          onToggle={onToggle}
          onClear={() => actions.changeCut({ restriction: null })}
        />
      </Box>
    </Box>
  );
}

function AxisChoice({ axis, onChange }: { axis: CountAxis; onChange: (axis: CountAxis) => void }) {
  return (
    <ToggleButtonGroup
      exclusive
      size="small"
      value={axis}
      aria-label="Count axis"
      onChange={(_, value: CountAxis | null) => value !== null && onChange(value)}
      sx={{ "& button": { textTransform: "none", px: 1, py: 0, fontSize: 12, color: "text.secondary" }, "& .Mui-selected": { color: "text.primary !important" } }}
    >
      <ToggleButton value="linear" aria-label="Linear" data-cy="axis-linear">
        lin
      </ToggleButton>
      <ToggleButton value="log" aria-label="Logarithmic" data-cy="axis-log">
        log
      </ToggleButton>
    </ToggleButtonGroup>
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
