import { Box, Checkbox, FormControlLabel } from "@mui/material";
import * as React from "react";
import { counted, scopeLabel } from "../../words/format";
import { type Draft, draftOf, hasTurnedBoxes, opponents, requestOf, type Shown, sigmaChoices, slicesOf, waysToCompare } from "../../state/scanForm";
import type { SliceFacts } from "../../state/slices";
import type { Field, ScanRequest, Target } from "../../protocol/messages";
import { Choice } from "../widgets/Choice";
import { Segments } from "../widgets/Segments";
import { SigmaSelect } from "./SigmaSelect";
import { SliceSelect } from "./SliceSelect";
import { SplitButton } from "../widgets/SplitButton";

interface Props {
  readonly fields: readonly Field[];
  readonly targets: readonly Target[];
  readonly slices: SliceFacts;
  /** What the scan shown compared; `null` when no scan is open. */
  readonly shown: Shown | null;
  /** What the dataset consists of: "image", "scene", "group", ... */
  readonly unit: string;
  readonly disabled: boolean;
  readonly width: number;
  readonly onScan: (request: ScanRequest) => void;
}

const THREE_COLUMNS = 480;
const ONE_ROW = 868;

function columnsAt(width: number): string {
  if (width >= ONE_ROW) return "1fr 1fr 1.1fr auto";
  return width >= THREE_COLUMNS ? "1fr 1fr 1.1fr" : "1fr 1fr";
}

export const ScanForm = React.memo(function ScanForm({ fields, targets, slices, shown, unit, disabled, width, onScan }: Props) {
  const [wanted, setWanted] = React.useState<Partial<Draft>>({});
  const draft = draftOf(fields, targets, wanted, shown);
  const change = (part: Partial<Draft>) => setWanted({ ...wanted, ...part });
  const against = opponents(fields, draft.labelField);
  const ways = waysToCompare(fields, draft.labelField);
  const sigmas = sigmaChoices(fields, draft.labelField);
  const among = slicesOf(slices, fields, targets, draft);

  return (
    <Box
      component="form"
      aria-label="Scan"
      onSubmit={(event: React.FormEvent) => event.preventDefault()}
      sx={{ display: "grid", gridTemplateColumns: columnsAt(width), gap: 1.25, alignItems: "center", pt: 0.5 }}
    >
      <Choice
        label="Field"
        cy="field"
        value={draft.labelField}
        options={fields.map((field) => ({ value: field.name, label: field.name }))}
        onChange={(labelField) => {
          const { sigmas: _, ...rest } = wanted;
          setWanted({ ...rest, labelField });
        }}
      />
      <Choice
        label="Against"
        cy="other-field"
        value={draft.otherField}
        options={[{ value: "", label: "itself" }, ...against.map((field) => ({ value: field.name, label: field.name }))]}
        onChange={(otherField) => change({ otherField })}
      />
      <Box sx={{ gridColumn: width >= THREE_COLUMNS ? "auto" : "1 / -1" }}>
        <Choice
          label="In"
          cy="target"
          value={draft.target}
          options={targets.map(({ kind, samples }) => ({ value: kind, label: `${scopeLabel(kind)} · ${counted(samples, unit)}` }))}
          onChange={(target) => change({ target })}
        />
      </Box>
      {among !== null && (
        <Box sx={{ gridColumn: "1 / -1" }}>
          <SliceSelect choice={among} active={slices.active} onChange={(chosen) => change({ slices: chosen })} />
        </Box>
      )}
      {sigmas.length > 0 && (
        <Box sx={{ gridColumn: "1 / -1" }}>
          <SigmaSelect key={draft.labelField} offered={sigmas} sigmas={draft.sigmas} onChange={(chosen) => change({ sigmas: chosen })} />
          <FormControlLabel
            control={<Checkbox size="small" checked={draft.unmarkedAsMissing} onChange={(_, unmarkedAsMissing) => change({ unmarkedAsMissing })} data-cy="unmarked" />}
            label="Treat points at (0, 0) or (-1, -1), or with a confidence of 0, as missing"
            slotProps={{ typography: { fontSize: 13 } }}
          />
        </Box>
      )}
      <Box sx={{ gridColumn: width >= ONE_ROW ? "auto" : "1 / -1", display: "flex", flexWrap: "wrap", gap: 1, justifyContent: "space-between" }}>
        <Segments
          label="Which labels are compared"
          value={draft.classwise ? "same" : "any"}
          options={[
            { value: "any", content: "any class", title: "A label can be a duplicate of one of another class" },
            { value: "same", content: "same class", title: "Only labels of one class are compared" },
          ]}
          onChange={(value) => change({ classwise: value === "same" })}
          cy="class"
        />
        {ways.length > 1 && (
          <Segments
            label="What of the labels is compared"
            value={draft.compare}
            options={ways.map((way) => ({ value: way, content: way, title: `Compare the ${way} of the labels` }))}
            onChange={(compare) => change({ compare })}
            cy="compare"
          />
        )}
        {draft.compare !== "masks" && hasTurnedBoxes(fields, draft.labelField) && (
          <Segments
            label="Unit of rotations"
            value={draft.rotationUnit}
            options={[
              { value: "", content: "angles: auto", title: "The values and the version of FiftyOne decide; the scan says which unit was used" },
              { value: "degrees", content: "degrees", title: "The rotations of boxes are in degrees" },
              { value: "radians", content: "radians", title: "The rotations of boxes are in radians" },
            ]}
            onChange={(rotationUnit) => change({ rotationUnit })}
            cy="rotation-unit"
          />
        )}
        <Box sx={{ ml: "auto" }}>
          <SplitButton
            label="Scan"
            cy="scan"
            disabled={disabled || among?.chosen.length === 0}
            onClick={() => onScan(requestOf(draft, among, false))}
            choicesLabel="More ways to scan"
            choices={[{ label: "Run in background", cy: "scan-background", onClick: () => onScan(requestOf(draft, among, true)) }]}
          />
        </Box>
      </Box>
    </Box>
  );
});
