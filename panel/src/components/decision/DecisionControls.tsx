import { Box } from "@mui/material";
import * as React from "react";
import type { KeepRule, Method, Metric, Summary } from "../../protocol/messages";
import { type Decision, METHODS } from "../../state/decision/decision";
import { decisionText, type FieldNames, METHOD_NOTES, METRIC_NOTES } from "../../words/decision";
import { grouped } from "../../words/format";
import { Choice, type Option } from "../widgets/Choice";
import { KeepMenu } from "./KeepMenu";

interface Props {
  readonly decision: Decision;
  readonly rules: readonly KeepRule[];
  readonly measure: Summary["measure"];
  /** The number of labels that each method would remove, for the methods whose counts are known. */
  readonly labels: Readonly<Partial<Record<Method, number>>>;
  /** A scan of two fields only removes labels of the first, so there is nothing to choose. */
  readonly fields: FieldNames;
  readonly width: number;
  readonly onChange: (change: Partial<Decision>) => void;
}

const THREE_COLUMNS = 400;
/** The last one has room for "Likelihood". */
const THREE = "minmax(0, 1fr) minmax(0, 1.4fr) minmax(118px, 0.7fr)";

const OVERLAPS = [
  { value: "iou", label: "IoU", note: METRIC_NOTES.iou },
  { value: "ios", label: "IoS", note: METRIC_NOTES.ios },
] as const;
const SIMILARITY = [{ value: "iou", label: "OKS", note: METRIC_NOTES.oks }] as const;
const LIKELIHOOD = { value: "likelihood", label: "Likelihood", note: METRIC_NOTES.likelihood } as const;

/** The controls that choose which labels are removed. A change makes at most one request. */
export const DecisionControls = React.memo(function DecisionControls({ decision, rules, measure, labels, fields, width, onChange }: Props) {
  const { method, keep, metric } = decision;
  const twoFields = fields.other_field !== null;
  const methods = METHODS.map((name) => {
    const known = labels[name];
    return { value: name, short: name, label: known === undefined ? name : `${name} · ${grouped(known)}`, note: METHOD_NOTES[name] };
  });
  const overlaps = measure === "OKS" ? SIMILARITY : OVERLAPS;
  const metrics: readonly Option<Metric>[] = twoFields ? overlaps : [...overlaps, LIKELIHOOD];
  const onMethod = React.useCallback((value: Method) => onChange({ method: value }), [onChange]);
  const onKeep = React.useCallback((value: readonly string[]) => onChange({ keep: value }), [onChange]);
  const onMetric = React.useCallback((value: Metric) => onChange({ metric: value }), [onChange]);
  return (
    <div data-cy="decision">
      <Box sx={{ display: "grid", gridTemplateColumns: width >= THREE_COLUMNS ? THREE : "1fr 1fr", gap: 1.25 }}>
        <Choice label="Method" cy="method" value={method} options={methods} onChange={onMethod} disabled={twoFields} />
        <Choice label="Measure" cy="metric" value={metric} options={metrics} onChange={onMetric} />
        <Box sx={{ gridColumn: width >= THREE_COLUMNS ? "2" : "1 / -1", gridRow: width >= THREE_COLUMNS ? "1" : "auto" }}>
          <KeepMenu keep={keep} known={rules} disabled={twoFields} onChange={onKeep} />
        </Box>
      </Box>
      <Box sx={{ mt: 0.75, fontSize: 12, lineHeight: 1.5, color: "text.secondary", textWrap: "pretty" }} data-cy="decision-words">
        {decisionText(decision, fields, rules)}
      </Box>
    </div>
  );
});
