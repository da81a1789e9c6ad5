import { Box } from "@mui/material";
import * as React from "react";
import type { Actions } from "../../actions/actions";
import { binsOf, plotOf } from "../../plot/plot";
import { barsOf, countKey, outcomeOf, storedNumbers } from "../../state/cut/cut";
import { type Decision, decisionOf } from "../../state/decision/decision";
import type { Opened } from "../../state/model";
import type { CountAxis } from "../../state/cut/remembered";
import { type Counts, labelsCurve } from "../../state/scan/scan";
import { measureOf } from "../../words/decision";
import { shownParts } from "../../words/scan";
import { byVerdictsIn, costIn, numbersHold } from "../../state/current";
import { asText, sentenceAt } from "../../words/sentence";
import { DecisionControls } from "../decision/DecisionControls";
import { PlanDetails } from "../decision/PlanDetails";
import { Band } from "../widgets/Ground";
import { useColors } from "../widgets/theme";
import { ThresholdField } from "../widgets/ThresholdField";
import { Counting } from "./Counting";
import { Histogram } from "./Histogram";
import { HistogramTop } from "./HistogramTop";
import { Legend } from "./Legend";
import { Precise } from "./Precise";
import { Sentence } from "./Sentence";
import { ThresholdControl } from "./ThresholdControl";

interface Props {
  readonly model: Opened;
  /** `null` while the server counts. */
  readonly counts: Counts | null;
  readonly isDraft: boolean;
  /** The available width, without padding. */
  readonly width: number;
  /** The height of the panel. */
  readonly height: number;
  readonly onThreshold: (threshold: number, settled: boolean) => void;
  readonly actions: Actions;
}

const MARGINS = { top: 14, right: 40, bottom: 24, left: 40 };
const SMALL = 400;
/** Below this height, the histogram is smaller, so that the lists begin in sight. */
const LOW = 760;

/** The cut: the histogram, the slider, the sentence, and which labels are removed. */
export function CutTop({ model, counts, isDraft, width, height, onThreshold, actions }: Props) {
  const { scan, cut, counted, recounts, bars: known } = model;
  const { summary } = scan;
  const colors = useColors();
  const { threshold, settled, method, keep, metric, classwise, axis, restriction } = cut;
  const measure = measureOf(summary, metric);
  const low = width < SMALL || height < LOW;
  const frame = React.useMemo(() => ({ width: Math.max(240, width), height: low ? 120 : 170, margins: MARGINS }), [width, low]);
  const barCounts = barsOf(scan, cut, known);
  const bins = React.useMemo(() => binsOf(scan, barCounts), [scan, barCounts]);
  const plot = React.useMemo(
    () => plotOf(scan, barCounts, counts === null ? [] : labelsCurve(scan, counts, restriction), { axis, metric, restriction }, frame),
    [scan, barCounts, counts, restriction, axis, metric, frame],
  );
  const { numbers } = outcomeOf(scan, cut, counts, counted);
  const sentence = numbers === null ? null : sentenceAt(scan, { ...cut, byVerdicts: byVerdictsIn(model), cost: costIn(model) }, numbers, numbersHold(model.freshness));
  const spoken = threshold === settled && sentence !== null ? asText(sentence) : "";
  const decision = React.useMemo(() => decisionOf({ method, keep, metric, classwise }), [method, keep, metric, classwise]);
  const labels = React.useMemo(() => storedNumbers(scan, decision, recounts, threshold, restriction), [scan, decision, recounts, threshold, restriction]);
  const onDecision = React.useCallback((change: Partial<Decision>) => actions.changeCut(change), [actions]);
  const onAxis = React.useCallback((next: CountAxis) => actions.changeCut({ axis: next }), [actions]);

  return (
    <Band aria-label="Threshold" style={{ opacity: model.opening ? 0.5 : 1 }}>
      {isDraft && (
        <Box role="note" data-cy="of-scan" sx={{ px: 1, py: 0.5, fontSize: 13, borderRadius: 1, bgcolor: "action.hover", overflowWrap: "anywhere" }}>
          These are the numbers of {shownParts(summary, classwise).join(" · ")}.
        </Box>
      )}
      <div style={{ opacity: isDraft ? 0.55 : 1 }}>
        <HistogramTop measure={measure} restriction={restriction} axis={axis} onAxis={onAxis} />
        <Histogram metric={metric} measure={measure} plot={plot} bins={bins} threshold={threshold} colors={colors} onChange={onThreshold} />
        <ThresholdControl measure={measure} threshold={threshold} inset={MARGINS} onChange={onThreshold} />
        <Legend plot={plot} colors={colors} />
        <div style={{ marginTop: 6 }} data-sentence>
          <Sentence sentence={sentence} waiting={<Counting counting={counts === null} share={model.share} />} settled={spoken}>
            <ThresholdField label="Threshold" cy="threshold-field" threshold={threshold} onChange={onThreshold} />
            <Precise onFind={actions.findPrecise} />
          </Sentence>
        </div>
        <div style={{ marginTop: 10 }}>
          <DecisionControls decision={decision} rules={model.overview.keep_rules} measure={summary.measure} labels={labels} fields={summary.params} width={width} onChange={onDecision} />
          <PlanDetails planKey={countKey(scan, cut, settled)} unit={summary.unit} load={actions.planDetails} />
        </div>
      </div>
    </Band>
  );
}
