import { Box } from "@mui/material";
import * as React from "react";
import { type Decision, METHOD_WORDS, METHODS } from "../../state/decision";
import { grouped } from "../../words/format";
import type { Method, Metric, Summary } from "../../protocol/messages";
import { Choice } from "../widgets/Choice";
import { KeepMenu } from "./KeepMenu";

interface Props {
  readonly decision: Decision;
  readonly measure: Summary["measure"];
  /** How many labels would go with each method, where that is known without asking. */
  readonly labels: Readonly<Partial<Record<Method, number>>>;
  /** Of a scan of two fields only the labels of the first go: nothing is left to choose. */
  readonly twoFields: boolean;
  readonly width: number;
  readonly onChange: (change: Partial<Decision>) => void;
}

const THREE_COLUMNS = 400;

const METRICS = [
  { value: "iou", label: "IoU", note: "Intersection over union: how alike two labels are." },
  { value: "ios", label: "IoS", note: "Intersection over the smaller: finds boxes inside boxes. Noisy: for review and tagging." },
] as const;
const SIMILARITY = [{ value: "iou", label: "OKS", note: "Object keypoint similarity: how near the points of two labels are." }] as const;

/** Who goes and who stays. Every change is one question to the server, at most. */
export const DecisionControls = React.memo(function DecisionControls({ decision, measure, labels, twoFields, width, onChange }: Props) {
  const { method, keep, metric } = decision;
  const methods = METHODS.map((name) => {
    const known = labels[name];
    return { value: name, label: known === undefined ? name : `${name} · ${grouped(known)}`, note: METHOD_WORDS[name] };
  });
  const onMethod = React.useCallback((value: Method) => onChange({ method: value }), [onChange]);
  const onKeep = React.useCallback((value: readonly string[]) => onChange({ keep: value }), [onChange]);
  const onMetric = React.useCallback((value: Metric) => onChange({ metric: value }), [onChange]);
  return (
    <div data-cy="decision">
      <Box sx={{ display: "grid", gridTemplateColumns: width >= THREE_COLUMNS ? "1fr 1.3fr 0.7fr" : "1fr 1fr", gap: 1.25 }}>
        <Choice label="Method" cy="method" value={method} options={methods} onChange={onMethod} disabled={twoFields} />
        <Choice label="Overlap" cy="metric" value={metric} options={measure === "OKS" ? SIMILARITY : METRICS} onChange={onMetric} />
        <Box sx={{ gridColumn: width >= THREE_COLUMNS ? "2" : "1 / -1", gridRow: width >= THREE_COLUMNS ? "1" : "auto" }}>
          <KeepMenu keep={keep} disabled={twoFields} onChange={onKeep} />
        </Box>
      </Box>
      <Box sx={{ mt: 0.75, fontSize: 12, lineHeight: 1.5, color: "text.secondary", textWrap: "pretty" }} data-cy="decision-words">
        {words(method, metric, twoFields)}
      </Box>
    </div>
  );
});

function words(method: Method, metric: Metric, twoFields: boolean): string {
  const who = twoFields ? "Of two fields, labels of the first go that overlap one of the second." : METHOD_WORDS[method];
  if (metric === "iou") return who;
  return `${who} IoS is noisy (a person in a car is inside it too): for review and tagging.`;
}
